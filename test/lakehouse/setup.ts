import type { TestProject } from "vitest/node";
import { findLakehouse } from "../support/lakehouse-status.ts";

export default function setup(project: TestProject): void {
  const status = findLakehouse();
  if (status.state !== "up") throw new Error("the lakehouse is not up: run `duckhouse-dbt lakehouse up` first");
  project.provide("lakehouse", status);
}

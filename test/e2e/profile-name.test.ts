import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";
import { writeProject } from "../support/write-project.ts";

test("the name of the profile may be a template, also for debug", async () => {
  using work = temporaryFolder();
  writeProject(work.path, {
    "dbt_project.yml": `name: shop\nversion: '1.0'\nprofile: "{{ env_var('SHOP_PROFILE') }}"\n`,
    "models/a.sql": "select 1 as n",
  });
  for (const args of [["debug"], ["run"]]) {
    const done = await run(args, work.path, { SHOP_PROFILE: "shop" });
    expect(done.code, `${args.join(" ")}\n${done.stdout}`).toBe(0);
    const other = await run(args, work.path, { SHOP_PROFILE: "elsewhere" });
    expect(other.code).not.toBe(0);
    expect(other.stdout).toContain("Could not find profile named 'elsewhere'");
  }
});

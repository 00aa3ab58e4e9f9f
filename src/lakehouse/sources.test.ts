import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSources, mavenMirror } from "./sources.ts";

const NOWHERE = join(tmpdir(), "no-such-home");

test("flags win over env vars, those over the user's settings", () => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  mkdirSync(join(home, ".m2"));
  const mirror = "<mirror><mirrorOf>central</mirrorOf><url>https://settings/maven/</url></mirror>";
  writeFileSync(join(home, ".m2", "settings.xml"), `<settings><mirrors>${mirror}</mirrors></settings>`);
  mkdirSync(join(home, ".pip"));
  writeFileSync(join(home, ".pip", "pip.conf"), "[global]\nindex-url = https://settings/pypi/\n");
  const none = { maven: null, pypi: null, env: {}, home };
  expect(findSources(none)).toEqual({ maven: "https://settings/maven", pypi: "https://settings/pypi" });
  const env = { DUCKHOUSE_MAVEN_URL: "https://env/maven", PIP_INDEX_URL: "https://env/simple" };
  expect(findSources({ ...none, env })).toEqual({ maven: "https://env/maven", pypi: "https://env/simple" });
  expect(findSources({ ...none, env, maven: "https://flag/", pypi: "https://flag/simple" })).toEqual({
    maven: "https://flag",
    pypi: "https://flag/simple",
  });
  expect(findSources({ ...none, home: NOWHERE }).maven).toMatch(/^https:.*maven/);
});

test.each([
  ["*", true],
  ["external:*", true],
  ["other, central", true],
  ["*,!central", false],
  ["other", false],
])("mirrorOf %s", (of, stands) => {
  const mirror = `<mirror><id>a</id><url> https://m/a?x=1&amp;y=2 </url><mirrorOf>${of}</mirrorOf></mirror>`;
  expect(mavenMirror(`<mirrors><!-- <mirror><mirrorOf>*</mirrorOf><url>no</url></mirror> -->${mirror}</mirrors>`)).toBe(
    stands ? "https://m/a?x=1&y=2" : null,
  );
});

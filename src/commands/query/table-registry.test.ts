import { expect, test } from "vitest";
import { TableRegistry, type KnownTables } from "./table-registry.ts";

const known = (...silent: string[]): KnownTables => ({ directory: {} as KnownTables["directory"], silent });

test("what is old is asked anew, once, while queries have what is there", async () => {
  let time = 0;
  const answers: ((value: KnownTables) => void)[] = [];
  const noted: string[] = [];
  const ask = (): Promise<KnownTables> => new Promise((done) => answers.push(done));
  const first = known("trino");
  const registry = new TableRegistry(
    first,
    ask,
    (message) => noted.push(message),
    () => time,
  );
  expect([registry.current(), answers.length]).toEqual([first, 0]);
  time = 2_000;
  expect([registry.current(), registry.current(), answers.length]).toEqual([first, first, 1]);
  const second = known();
  answers[0]?.(second);
  await registry["asking"];
  expect([registry.current(), noted]).toEqual([second, ["trino answers again"]]);
  time = 16_999;
  expect([registry.current(), answers.length]).toEqual([second, 1]);
  time = 17_000;
  registry.current();
  const closed = registry.close();
  answers[1]?.(known("trino"));
  await closed;
  time = 100_000;
  registry.current();
  expect([noted.at(-1), answers.length]).toEqual(["trino does not answer", 2]);
});

test("an answer that fails leaves what was known", async () => {
  let time = 0;
  const first = known();
  const ask = (): Promise<KnownTables> => Promise.reject(new Error("down"));
  const registry = new TableRegistry(
    first,
    ask,
    () => undefined,
    () => time,
  );
  time = 15_000;
  registry.current();
  await registry["asking"];
  expect(registry.last).toBe(first);
});

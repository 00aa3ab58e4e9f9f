import { expect, test, vi } from "vitest";
import { lazyObject } from "./lazy-object.ts";

test("values are made once, when one is asked for, and the object is then as any other", () => {
  const make = vi.fn(() => ({ rooms: 3, beds: [1, 2] }));
  const ward = lazyObject(["rooms", "beds"], make);
  expect(Object.keys(ward)).toEqual(["rooms", "beds"]);
  expect(make).not.toHaveBeenCalled();
  expect(ward.beds).toBe(ward.beds);
  expect({ ...ward }).toEqual({ rooms: 3, beds: [1, 2] });
  expect(make).toHaveBeenCalledTimes(1);
});

test("what is set before the rest was made stays", () => {
  const ward = lazyObject<{ rooms: number; beds: number }>(["rooms", "beds"], () => ({ rooms: 3, beds: 6 }));
  ward.rooms = 4;
  expect(ward).toEqual({ rooms: 4, beds: 6 });
});

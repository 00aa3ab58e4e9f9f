import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

test("near names are offered, the nearest first", () => {
  expect(didYouMean("ordrs", ["orders", "customers"])).toBe("Did you mean 'orders'?");
  expect(didYouMean("shpo", ["shop"])).toBe("Did you mean 'shop'?");
  expect(didYouMean("stg_a", ["stg_b", "stg_ab", "other"])).toBe("Did you mean 'stg_ab' or 'stg_b'?");
});

test("a name that is like no other gets no guess", () => {
  expect(didYouMean("payments", ["orders", "customers"])).toBeNull();
});

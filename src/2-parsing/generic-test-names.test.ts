import { expect, test } from "vitest";
import { configCall, genericTestHash, genericTestNames } from "./generic-test-names.ts";

// The expected names and hashes are those that dbt-core 1.11 gives.
test("a test's name tells its type, its model and its arguments", () => {
  const names = genericTestNames("unique", "customers", { column_name: "customer_id", model: "m" });
  expect(names).toEqual({ short: "unique_customers_customer_id", full: "unique_customers_customer_id" });
});

test("a long name is cut and hashed for files, and whole in the unique id", () => {
  const names = genericTestNames("accepted_values", "stg_payments", {
    column_name: "payment_method",
    values: ["credit_card", "coupon", "bank_transfer", "gift_card"],
  });
  expect(names.full).toBe("accepted_values_stg_payments_payment_method__credit_card__coupon__bank_transfer__gift_card");
  expect(names.short).toMatch(/^accepted_values_stg_payments_[0-9a-f]{32}$/);
  expect(names.short.length).toBeLessThan(64);
});

test("the unique id ends with dbt's hash", () => {
  const metadata = {
    namespace: null,
    name: "unique",
    kwargs: { column_name: "customer_id", model: "{{ get_where_subquery(ref('customers')) }}" },
  };
  expect(genericTestHash("unique_customers_customer_id", metadata)).toBe("c5af1ff4b1");
});

test("configs of a test become a config() call in its text", () => {
  expect(configCall({})).toBe("");
  expect(configCall({ severity: "warn", tags: ["a"], limit: 5, where: 'x = "1"' })).toBe(
    '{{ config(severity="warn",tags=[\'a\'],limit=5,where="x = \\"1\\"") }}',
  );
});

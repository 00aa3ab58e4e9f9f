import { expect, test } from "vitest";
import { pythonAsTemplate } from "./python-models.ts";

test("calls of dbt are read from code alone, with their literal arguments", () => {
  const text = `
import pandas as pd

def model(dbt, session):
    """Not dbt.ref("docstring")."""
    dbt.config(
        materialized="table",  # not dbt.ref("comment")
        packages=["pandas", 'a)b'],
        meta={"owner": ("me", 1)},
    )
    orders = dbt.ref("orders").df()
    others = dbt . source('raw', "it's")
    versioned = dbt.ref("shop", "orders", v=2)
    message = f"{dbt.ref('in_text').count()} rows" + 'dbt.ref("text")'
    mydbt.ref("other"), self.dbt.ref("member"), dbt.refs("longer")
    return orders
`;
  expect(pythonAsTemplate(text).split("\n")).toEqual([
    `{{ config(materialized="table", packages=["pandas", 'a)b'], meta={"owner": ("me", 1)}) }}`,
    `{{ ref("orders") }}`,
    `{{ source('raw', "it's") }}`,
    `{{ ref("shop", "orders", v=2) }}`,
    `{{ ref('in_text') }}`,
  ]);
});

test("the keys of the config that a model asks for are part of its config", () => {
  const text = `dbt.config.get("days", 3) + dbt.config.get("""hours""") + dbt.config.meta_get("owner")`;
  expect(pythonAsTemplate(text)).toBe(
    `{{ config(config_keys_used=["days", "hours"], config_keys_defaults=[3, none], meta_keys_used=["owner"], meta_keys_defaults=[none]) }}`,
  );
});

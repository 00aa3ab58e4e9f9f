import { expect, test } from "vitest";
import { isStaticallyRead } from "./static-read.ts";

/** As dbt's extractor answers for each. */
test.each([
  "select 1",
  "{{ config(materialized='table') }} select 1",
  "{{ config(a=True, b=[\"x\", False], c={'x': {'y': ['z']}}, d=[], e={},) }}",
  "{# a {{- comment -}} #} select '{' || '}' from {{ ref('a') }} join {{ ref('p', 'b', v=1.5) }} using (x)",
  "{{ref('a', version='2')}} {{ source('s', 't') }} {{ 'x' }} {{ 1 }} {{ True }} {{ ['a'] }}",
])("%s: read without Jinja", (source) => {
  expect(isStaticallyRead(source)).toBe(true);
});

test.each([
  "{{ config(a=1) }}",
  "{{ config(a=none) }}",
  "{{ config(enabled=false) }}",
  "{{ config(a={'x': 1}) }}",
  "{{ config({'a': 'b'}) }}",
  "{{ config() }}",
  "{{ config(pre_hook='select 1') }}",
  "{{ config(a=var('x')) }}",
  "{{ config(a='x' ~ 'y') }}",
  "{{- config(a='x') -}}",
  "{{ source('s') }}",
  "{{ ref('a', x=1) }}",
  "{{ ref('a').name }}",
  "{{ ref('a') | trim }}",
  "{{ [ref('a')] }}",
  "{{ this }}",
  "{{ f('a') }}",
  "{% set x = 1 %}",
  "{% raw %}{{ f() }}{% endraw %}",
])("%s: left to Jinja", (source) => {
  expect(isStaticallyRead(source)).toBe(false);
});

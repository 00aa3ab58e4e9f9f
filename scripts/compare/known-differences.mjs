// Differences that are meant, each with its reason. Everything else that differs is a bug, here or there.

const KNOWN = [
  {
    is: ({ kind }) => /^(metadata|.*metadata)\.dbt_version$/.test(kind),
    reason: "we speak the dbt 1.12 language, the dbt compared with may be older",
  },
];

/** Why a difference is meant, or null. */
export function knownReason(difference) {
  return KNOWN.find((rule) => rule.is(difference))?.reason ?? null;
}

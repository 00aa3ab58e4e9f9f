import { DEPRECATIONS_HERE, deprecationOf } from "./deprecations.ts";
import type { Flags } from "./flags.ts";

/** dbt's names of its warnings, by which `warn_error_options` picks them. Source: the dbt 1.11 documentation and its event list. */
const NAMES =
  "AdapterEventWarning CatalogGenerationError ConstraintNotEnforced ConstraintNotSupported DeprecatedModel DeprecatedReference " +
  "DepsScrubbedPackageName DepsUnpinned FreshnessConfigProblem InvalidConcurrentBatchesConfig " +
  "InvalidMacroAnnotation InvalidValueForField JinjaLogWarning LogBatchResult LogFreshnessResult LogFunctionResult LogModelResult " +
  "LogNodeResult LogSeedResult LogSnapshotResult LogTestResult MacroNotFoundForPatch " +
  "MicrobatchModelNoEventTimeInputs NoNodeForYamlKey NoNodesForSelectionCriteria NoNodesSelected NodeNotFoundOrDisabled " +
  "NothingToDo PackageNodeDependsOnRootProjectNode RunResultWarning RunResultWarningMessage SeedExceedsLimitAndPathChanged " +
  "SeedExceedsLimitChecksumChanged SeedExceedsLimitSamePath SeedIncreased SemanticValidationFailure SnapshotTimestampWarning " +
  "UnsupportedConstraintMaterialization UnusedResourceConfigPath UnusedTables " +
  "UnversionedBreakingChange UpcomingReferenceDeprecation ValidationWarning WarnStateTargetEqual WrongResourceSchemaFile";

/** Those that `Deprecations` means beside our own list: dbt's for other adapters, for adapters' authors, or of no use any more. */
const OTHER_DEPRECATIONS =
  "AdapterDeprecationWarning BehaviorChangeEvent CollectFreshnessReturnSignature " +
  "CustomKeyInObjectDeprecation CustomTopLevelKeyDeprecation DeprecationsSummary GenericJSONSchemaValidationDeprecation " +
  "GenericSemanticLayerDeprecation GetMetaKeyWarning InternalDeprecation MetricAttributesRenamed MissingPlusPrefixDeprecation " +
  "SourceOverrideDeprecation SpacesInResourceNameDeprecation TestsConfigDeprecation TimeDimensionsRequireGranularityDeprecation";

const DEPRECATION_NAMES = new Set([...DEPRECATIONS_HERE, ...OTHER_DEPRECATIONS.split(" ")]);
export const WARNING_NAMES: readonly string[] = [...NAMES.split(" "), ...DEPRECATION_NAMES];

/** Stands for all warnings of something that is going away. */
export const DEPRECATIONS = "Deprecations";

export function isDeprecation(name: string): boolean {
  return DEPRECATION_NAMES.has(name);
}

/** The warnings among our diagnostics that dbt has, too. */
const NAME_OF_CODE: Readonly<Record<string, string>> = {
  DH1307: "NoNodeForYamlKey",
  DH1308: "MacroNotFoundForPatch",
  DH1310: "UnusedResourceConfigPath",
  DH1312: "MicrobatchModelNoEventTimeInputs",
  DH1313: "InvalidMacroAnnotation",
  DH1314: "DeprecatedModel",
  DH1315: "DeprecatedReference",
  DH1316: "UpcomingReferenceDeprecation",
  DH1317: "UnsupportedConstraintMaterialization",
  DH1318: "UnusedTables",
  DH1401: "NodeNotFoundOrDisabled",
  DH1406: "PackageNodeDependsOnRootProjectNode",
  DH1611: "NoNodesForSelectionCriteria",
};

/** The name of a diagnostic's warning; "" for one that only this program gives, which is meant by `error: all` alone. */
export function warningName(code: string): string {
  return NAME_OF_CODE[code] ?? deprecationOf(code) ?? "";
}

/** Those that stay warnings, whatever the flags make of others: until `require_all_warnings_handled_by_warn_error` is on. */
const HANDLE_ALL = "require_all_warnings_handled_by_warn_error";
const UNHANDLED =
  "FreshnessConfigProblem MicrobatchModelNoEventTimeInputs SemanticValidationFailure WarnStateTargetEqual";

/** What becomes of a warning: a named one goes before Deprecations, those before all; silence before warn before error. */
export function treatmentOf(
  name: string,
  flags: Pick<Flags, "warn_error" | "warn_error_options"> & { readonly [HANDLE_ALL]?: unknown },
): "error" | "warn" | "silence" {
  const { warn_error, warn_error_options } = flags;
  const { error, warn, silence } = warn_error_options;
  if (flags[HANDLE_ALL] !== true && UNHANDLED.split(" ").includes(name)) return "warn";
  if (warn_error) return "error";
  const errors = Array.isArray(error) ? error : [];
  for (const wanted of isDeprecation(name) ? [name, DEPRECATIONS] : [name]) {
    if (silence.includes(wanted)) return "silence";
    if (warn.includes(wanted)) return "warn";
    if (errors.includes(wanted)) return "error";
  }
  return Array.isArray(error) ? "warn" : "error";
}

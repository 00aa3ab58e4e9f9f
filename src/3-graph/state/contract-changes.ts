import { fail } from "../../contracts/diagnostic.ts";
import type { ManifestNode } from "../../contracts/manifest.ts";
import { asText } from "../../shared/objects.ts";
import { equal } from "../../shared/json-equal.ts";

export type Warn = (name: string, code: string, message: string) => void;

/**
 * Changes of enforced contracts. What breaks whoever reads the model is a warning, and an error where the model has
 * versions: then a new one is what it takes. Each model is told of once.
 */
export class Contracts {
  private readonly enforced: readonly string[];
  private readonly warn: Warn;
  private readonly now: number;
  private readonly known = new Map<string, boolean>();

  constructor(enforced: readonly string[], now: number, warn: Warn) {
    this.enforced = enforced;
    this.now = now;
    this.warn = warn;
  }

  isSame(model: ManifestNode, old: ManifestNode): boolean {
    const known = this.known.get(model.unique_id);
    if (known !== undefined) return known;
    const isSame = this.compare(model, old);
    this.known.set(model.unique_id, isSame);
    return isSame;
  }

  /** A model of the earlier state that is gone or disabled. */
  removed(model: ManifestNode): void {
    if (model.resource_type !== "model" || !isEnforced(model) || this.known.has(model.unique_id)) return;
    this.known.set(model.unique_id, false);
    if (typeof model.deprecation_date === "string" && Date.parse(model.deprecation_date) < this.now) return;
    const how = model.config["enabled"] === false ? "disabled" : "deleted or renamed";
    this.breaks(model, [`Contracted model '${model.unique_id}' was ${how}.`]);
  }

  private compare(model: ManifestNode, old: ManifestNode): boolean {
    if (!isEnforced(old)) return !isEnforced(model);
    if (isEnforced(model) && model.contract.checksum === old.contract.checksum) return true;
    const changes = this.breakingChanges(model, old);
    if (changes.length > 0) this.breaks(model, changes);
    return false;
  }

  private breaks(model: ManifestNode, changes: readonly string[]): void {
    const reasons = `\n  - ${changes.join("\n  - ")}\n`;
    if (model.version !== null && model.version !== undefined)
      fail(
        "DH1624",
        `While comparing to previous project state, dbt detected a breaking change to an enforced contract.${reasons}Consider making an additive (non-breaking) change instead, if possible.\nOtherwise, create a new model version: https://docs.getdbt.com/docs/collaborate/govern/model-versions`,
        { file: model.original_file_path },
      );
    this.warn(
      "UnversionedBreakingChange",
      "DH1623",
      `Breaking change to contracted, unversioned model ${model.name} (${model.original_file_path})\nWhile comparing to previous project state, dbt detected a breaking change to an unversioned model.${reasons}`,
    );
  }

  private breakingChanges(model: ManifestNode, old: ManifestNode): string[] {
    const changes: string[] = [];
    const tell = (title: string, lines: readonly string[]): void => {
      if (lines.length > 0) changes.push(`${title}: \n    - ${lines.join("\n    - ")}`);
    };
    if (!isEnforced(model))
      changes.push(
        "Contract enforcement was removed: Previously, this model had an enforced contract. It is no longer configured to enforce its contract, and this is a breaking change.",
      );
    const names = Object.keys(old.columns).sort();
    tell(
      "Columns were removed",
      names.filter((name) => model.columns[name] === undefined).map((name) => old.columns[name]?.name ?? name),
    );
    tell("Columns with data_type changes", typeChanges(names, model, old));
    if (holdsConstraints(old)) {
      tell("Enforced column level constraints were removed", this.columnConstraintsGone(names, model, old));
      tell("Enforced model level constraints were removed", this.modelConstraintsGone(model, old));
    }
    const hadAny =
      (old.constraints ?? []).length > 0 || names.some((name) => (old.columns[name]?.constraints ?? []).length > 0);
    if (holdsConstraints(old) && !holdsConstraints(model) && hadAny)
      tell("Materialization changed with enforced constraints", [
        `${asText(old.config["materialized"])} -> ${asText(model.config["materialized"])}`,
      ]);
    return changes;
  }

  private columnConstraintsGone(names: readonly string[], model: ManifestNode, old: ManifestNode): string[] {
    return names.flatMap((name) => {
      const column = model.columns[name];
      if (column === undefined) return [];
      return this.gone(old.columns[name]?.constraints, column.constraints).map(
        (constraint) => `'${titleOf(constraint)}' constraint on column ${name}`,
      );
    });
  }

  private modelConstraintsGone(model: ManifestNode, old: ManifestNode): string[] {
    return this.gone(old.constraints, model.constraints).map((constraint) => {
      const { columns } = constraint;
      const list = Array.isArray(columns) ? columns.map((column) => `'${asText(column)}'`) : [];
      return `'${titleOf(constraint)}' constraint on columns [${list.join(", ")}]`;
    });
  }

  /** Constraints that the engine enforced and that are not there any more. */
  private gone(
    before: ManifestNode["constraints"] = [],
    after: ManifestNode["constraints"] = [],
  ): NonNullable<ManifestNode["constraints"]> {
    return before.filter(
      (constraint) =>
        this.enforced.includes(asText(constraint["type"])) && !after.some((other) => equal(constraint, other)),
    );
  }
}

function isEnforced(model: ManifestNode): boolean {
  return (model.contract as ManifestNode["contract"] | undefined)?.enforced === true;
}

function holdsConstraints({ config }: ManifestNode): boolean {
  return config["materialized"] === "table" || config["materialized"] === "incremental";
}

function titleOf(constraint: NonNullable<ManifestNode["constraints"]>[number]): string {
  return asText(constraint["name"] ?? constraint["type"]);
}

/** Another length, precision or scale breaks nobody. */
function typeChanges(names: readonly string[], model: ManifestNode, old: ManifestNode): string[] {
  const base = (type: string | null): string | null => type?.replace(/\(.*/s, "").trim().toLowerCase() ?? null;
  return names.flatMap((name) => {
    const [before, after] = [old.columns[name], model.columns[name]];
    if (before === undefined || after === undefined || base(before.data_type) === base(after.data_type)) return [];
    return [`${before.name} (${before.data_type ?? "None"} -> ${after.data_type ?? "None"})`];
  });
}

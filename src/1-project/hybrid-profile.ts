import { diagnostic, DiagnosticError, type Diagnostic, type Place } from "../contracts/diagnostic.ts";
import type { JsonObject } from "../contracts/json.ts";
import type { HybridSettings, Target } from "../contracts/project.ts";
import { ROUTER_DEFAULTS, type RouterSettings } from "../contracts/routing.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { asText, isRecord } from "../shared/objects.ts";

/** The type of an output that uses several engines. */
export const HYBRID_TYPE = "duckhouse";

const KEYS = ["type", "default_engine", "catalog", "engines", "router", "threads", "catalogs", "schema"];

export interface HybridRequest {
  readonly fields: JsonObject;
  readonly names: Pick<Target, "profileName" | "name" | "threads">;
  /** The place of a key, for messages. */
  readonly placeOf: (keys: readonly string[]) => Place;
  readonly readEngine: (
    type: string,
    fields: JsonObject,
  ) => { database: string; schema: string; fields: JsonObject } | { problem: string; hint: string | null };
}

/**
 * An output of type `duckhouse`: one target an engine, each as if it stood in the profile alone, and how the router
 * chooses among them. The default engine's comes first. Throws DiagnosticError with everything that is wrong.
 */
export function readHybrid(request: HybridRequest): { targets: Target[]; hybrid: HybridSettings } {
  const reading = new HybridReading(request);
  const result = reading.read();
  if (reading.problems.length > 0) throw new DiagnosticError(reading.problems);
  return result;
}

class HybridReading {
  readonly problems: Diagnostic[] = [];
  private readonly request: HybridRequest;

  constructor(request: HybridRequest) {
    this.request = request;
  }

  read(): { targets: Target[]; hybrid: HybridSettings } {
    const { fields, names } = this.request;
    for (const key of Object.keys(fields)) if (!KEYS.includes(key)) this.unknown(key, KEYS, [key]);
    const engines = isRecord(fields["engines"]) ? fields["engines"] : {};
    const known = Object.keys(engines);
    if (known.length === 0)
      this.problem("has no `engines`", ["engines"], "Name them: `engines: {duckdb: {path: …}, trino: {host: …}}`.");
    const defaultEngine = asText(fields["default_engine"] ?? known[0] ?? "");
    if (known.length > 0 && !known.includes(defaultEngine))
      this.problem(
        `has the default_engine '${defaultEngine}', which is none of its engines`,
        ["default_engine"],
        didYouMean(defaultEngine, known) ?? `Engines: ${known.join(", ")}.`,
      );
    const targets = known.flatMap((name) => this.target(name, engines[name], known) ?? []);
    targets.sort((a, b) => Number(b.type === defaultEngine) - Number(a.type === defaultEngine));
    const catalog = fields["catalog"];
    if (known.length > 1 && typeof catalog !== "string")
      this.problem(
        "has no `catalog`",
        ["catalog"],
        "Name the entry of catalogs.yml that the engines share: rows pass between them there.",
      );
    const router = this.router(fields["router"]);
    return { targets, hybrid: { defaultEngine, catalog: asText(catalog ?? ""), router, threads: names.threads } };
  }

  private target(type: string, own: unknown, engines: readonly string[]): Target | null {
    const { fields, names, readEngine } = this.request;
    if (!isRecord(own)) {
      this.problem(
        `has no settings for the engine '${type}'`,
        ["engines", type],
        "The keys of an output of that type.",
      );
      return null;
    }
    const shared: JsonObject = {};
    for (const key of ["catalogs", "schema"]) if (fields[key] !== undefined) shared[key] = fields[key];
    const read = readEngine(type, { ...shared, ...(own as JsonObject), type });
    if ("problem" in read) {
      this.problem(`cannot use the engine '${type}': ${read.problem}`, ["engines", type], read.hint);
      return null;
    }
    return {
      ...names,
      type,
      schema: read.schema,
      database: read.database,
      fields: read.fields,
      catalogs: [],
      tableDefaults: [],
      engines,
    };
  }

  private router(given: unknown): RouterSettings {
    if (given === undefined || given === null) return ROUTER_DEFAULTS;
    if (!isRecord(given)) {
      this.problem("has a `router` that is no mapping", ["router"], null);
      return ROUTER_DEFAULTS;
    }
    const { settings, problems } = readRouter(given as JsonObject, ROUTER_DEFAULTS);
    for (const { key, problem, hint } of problems) this.problem(problem, ["router", key], hint);
    return settings;
  }

  private unknown(key: string, known: readonly string[], at: readonly string[]): void {
    this.problem(`has an unknown key '${key}'`, at, didYouMean(key, known) ?? `Keys: ${known.join(", ")}.`);
  }

  private problem(text: string, at: readonly string[], hint: string | null): void {
    const { profileName, name } = this.request.names;
    const message = `Profile "${profileName}", target "${name}" (type ${HYBRID_TYPE}) ${text}`;
    this.problems.push(diagnostic("DH1040", message, this.request.placeOf(at), hint));
  }
}

interface RouterProblem {
  readonly key: string;
  readonly problem: string;
  readonly hint: string | null;
}

/** Router settings over others; a value of the wrong kind is a problem, and the other one stays. */
export function readRouter(
  given: JsonObject,
  over: RouterSettings,
): { settings: RouterSettings; problems: readonly RouterProblem[] } {
  const problems: RouterProblem[] = [];
  const settings: Record<string, unknown> = { ...over };
  const known = Object.keys(ROUTER_DEFAULTS);
  for (const [key, value] of Object.entries(given)) {
    if (!known.includes(key)) {
      const hint = didYouMean(key, known) ?? `Settings: ${known.join(", ")}.`;
      problems.push({ key, problem: `has an unknown router setting '${key}'`, hint });
      continue;
    }
    const wanted = wantedKind(key);
    if (wanted.fits(value))
      settings[key] = typeof ROUTER_DEFAULTS[key as keyof RouterSettings] === "number" ? Number(value) : value;
    else
      problems.push({
        key,
        problem: `has the router setting ${key}: ${JSON.stringify(value)}, which is not ${wanted.name}`,
        hint: `The default is ${JSON.stringify(ROUTER_DEFAULTS[key as keyof RouterSettings])}.`,
      });
  }
  return { settings: settings as unknown as RouterSettings, problems };
}

interface Kind {
  readonly name: string;
  fits(value: unknown): boolean;
}

function wantedKind(key: string): Kind {
  if (key === "policy") return oneOf(["rules", "adaptive"]);
  if (key === "latency") return oneOf(["low", null]);
  const usual = ROUTER_DEFAULTS[key as keyof RouterSettings];
  if (typeof usual === "boolean") return { name: "true or false", fits: (value) => typeof value === "boolean" };
  if (Array.isArray(usual))
    return {
      name: "a list of texts",
      fits: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
    };
  // env_var() gives texts.
  const isNumber = (value: unknown): boolean =>
    (typeof value === "number" || (typeof value === "string" && value.trim() !== "")) && Number(value) >= 0;
  return { name: "a number of 0 or more", fits: isNumber };
}

function oneOf(values: readonly (string | null)[]): Kind {
  return {
    name: values.map((value) => value ?? "null").join(" or "),
    fits: (value) => values.includes(value as string),
  };
}

import type { Bridge, WorkerSetup } from "../contracts/bridge.ts";
import type { Invocation } from "../contracts/invocation.ts";
import type { EngineMethods } from "../context/adapter-backend.ts";
import { sharedMembers } from "../context/common-members.ts";
import { MacroRegistry } from "../context/macro-registry.ts";
import { toPython } from "../context/convert.ts";
import type { Value } from "../jinja/values.ts";

/** Everything the renders of one worker share. */
export interface WorkerContext {
  readonly setup: WorkerSetup;
  readonly bridge: Bridge;
  readonly invocation: Invocation;
  readonly registry: MacroRegistry;
  readonly engineMethods: EngineMethods;
  readonly shared: ReadonlyMap<string, Value>;
  /** The manifest as templates see it; asked for once, when a template first wants it. */
  graph(): Value;
}

export function workerContext(setup: WorkerSetup, bridge: Bridge, engineMethods: EngineMethods): WorkerContext {
  const invocation: Invocation = {
    id: setup.invocationId,
    startedAt: new Date(setup.startedAt),
    flags: setup.flags,
    env: setup.env,
    emit: (event) => bridge.emit(event),
  };
  const { facts } = setup;
  const registry = new MacroRegistry(setup.macros, {
    rootPackage: facts.projectName,
    internalPackages: facts.internalPackages,
  });
  const shared = sharedMembers(facts, invocation);
  shared.set("thread_id", setup.threadName);
  shared.set("selected_resources", [...setup.selectedResources]);
  let graph: Value | undefined;
  return {
    setup,
    bridge,
    invocation,
    registry,
    engineMethods,
    shared,
    graph: () => (graph ??= toPython(bridge.request({ op: "graph" }))),
  };
}

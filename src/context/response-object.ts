import type { AdapterResponse } from "../contracts/engine.ts";
import { PyObject, type Value } from "../jinja/values.ts";
import { toPython } from "./convert.ts";

/** What `adapter.execute` and `load_result(...).response` show. */
export class ResponseObject extends PyObject {
  readonly pyType = "AdapterResponse";
  readonly response: AdapterResponse;

  constructor(response: AdapterResponse) {
    super();
    this.response = response;
  }

  override str(): string {
    return this.response._message;
  }

  override truthy(): boolean {
    return true;
  }

  override getAttribute(name: string): Value | undefined {
    if (name === "message") return this.response._message;
    if (name === "to_dict") return () => toPython(this.response);
    return Object.hasOwn(this.response, name) ? toPython(this.response[name]) : null;
  }
}

import { PyType } from "../py-type.ts";
import { PyDict, pyStr, PySet, raise, type Value } from "../values.ts";
import { toInt } from "../arguments.ts";
import { dateType } from "./date.ts";
import { datetimeType, PyDateTime } from "./datetime.ts";
import { itertoolsModule } from "./itertools.ts";
import { regexModule } from "./regex.ts";
import { timeType } from "./time.ts";
import { timedeltaType } from "./timedelta.ts";
import type { PyTzInfo } from "./timezone.ts";
import { FixedZone, PYTZ_UTC, PytzZone, pytzTimezone } from "./timezone.ts";

function asDateTime(value: Value): PyDateTime {
  return value instanceof PyDateTime ? value : raise("TypeError", "expected a datetime");
}

/** Gives a clock time a zone, as pytz wants it done. */
function localize(zone: PyTzInfo, value: Value): Value {
  const moment = asDateTime(value);
  if (moment.tz !== undefined) raise("ValueError", "Not naive datetime (tzinfo is already set)");
  const wall = Number(moment.wall / 1_000_000n);
  return PyDateTime.fromWall(moment.wall, zone.at(wall - zone.localOffset(wall)));
}

PytzZone.methods = (zone, name) => {
  if (name === "localize") return (args, kwargs) => localize(zone, args[0] ?? kwargs["dt"] ?? null);
  if (name === "normalize") return (args) => asDateTime(args[0] ?? null).astimezone(zone);
  return undefined;
};

/** The zones Intl lists, and UTC. */
function zoneNames(): string[] {
  return [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC"])].sort();
}

function error(name: string): PyType {
  return new PyType(`pytz.exceptions.${name}`, (args) => raise(name, pyStr(args[0] ?? "")));
}

class UtcZone extends FixedZone {
  override getAttribute(name: string): Value | undefined {
    return name === "zone" ? "UTC" : PytzZone.methods(PYTZ_UTC, name);
  }
}

const UTC = new UtcZone(0, "UTC", "<UTC>", "pytz.UTC");

function timezone(name: string): PyTzInfo {
  const zone = pytzTimezone(name);
  return zone === PYTZ_UTC ? UTC : zone;
}

function pytzModule(): PyDict {
  const names = zoneNames();
  return PyDict.from({
    timezone: (args, kwargs) => timezone(pyStr(args[0] ?? kwargs["zone"] ?? "")),
    utc: UTC,
    all_timezones: names,
    all_timezones_set: new PySet(names),
    common_timezones: names,
    common_timezones_set: new PySet(names),
    FixedOffset: (args) => {
      const minutes = toInt(args[0] ?? 0);
      return new FixedZone(minutes * 60, "None", `pytz.FixedOffset(${minutes})`, "pytz._FixedOffset");
    },
    BaseTzInfo: new PyType("pytz.tzinfo.BaseTzInfo", () => raise("TypeError", "BaseTzInfo cannot be made")),
    country_names: new PyDict(),
    country_timezones: new PyDict(),
    AmbiguousTimeError: error("AmbiguousTimeError"),
    InvalidTimeError: error("InvalidTimeError"),
    NonExistentTimeError: error("NonExistentTimeError"),
    UnknownTimeZoneError: error("UnknownTimeZoneError"),
  });
}

function datetimeModule(): PyDict {
  return PyDict.from({
    date: dateType,
    datetime: datetimeType,
    time: timeType,
    timedelta: timedeltaType,
    tzinfo: new PyType("datetime.tzinfo", () => raise("TypeError", "tzinfo cannot be made")),
  });
}

/** dbt's `modules`; `onItertools` hears of every call of a function of itertools. Listing all time zones takes milliseconds, and most templates never ask. */
export function pythonModules(onItertools: () => void): Value {
  return PyDict.from({
    datetime: datetimeModule(),
    pytz: pytzModule(),
    re: regexModule(),
    itertools: itertoolsModule(onItertools),
  });
}

/** Where the site is: the part of the address behind `#!`, in the form that links to dbt's docs have. */
export type Route =
  | { readonly page: "overview"; readonly packageName: string | null }
  | { readonly page: "resource"; readonly id: string; readonly section: string | null }
  | { readonly page: "source"; readonly name: string }
  | { readonly page: "list"; readonly type: string }
  | { readonly page: "search"; readonly query: string }
  | { readonly page: "lineage"; readonly include: string; readonly exclude: string };

/** `#!/model/model.shop.orders`, `#!/overview`, `#!/model/model.shop.orders?g_v=1&g_i=+orders` */
export function parseRoute(hash: string): Route {
  const [path = "", section] = hash.replace(/^#!?\/?/, "").split("#");
  const [location = "", query] = path.split("?");
  const parameters = new URLSearchParams(query ?? "");
  const [first = "", ...rest] = location.split("/").map(decoded);
  const name = rest.join("/");
  if (parameters.has("g_v") || parameters.has("g_i") || first === "graph") {
    const around = name === "" || first === "overview" ? "" : `+${name}+`;
    return { page: "lineage", include: parameters.get("g_i") ?? around, exclude: parameters.get("g_e") ?? "" };
  }
  if (first === "search") return { page: "search", query: parameters.get("q") ?? "" };
  if (first === "" || first === "overview") return { page: "overview", packageName: name === "" ? null : name };
  if (first === "source_list") return { page: "source", name };
  if (first === "list") return { page: "list", type: name };
  return { page: "resource", id: name, section: section ?? null };
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case "overview":
      return route.packageName === null ? "#!/overview" : `#!/overview/${encodeURIComponent(route.packageName)}`;
    case "resource": {
      const [type = ""] = route.id.split(".");
      return `#!/${type}/${encodeURIComponent(route.id)}${route.section === null ? "" : `#${route.section}`}`;
    }
    case "source":
      return `#!/source_list/${encodeURIComponent(route.name)}`;
    case "list":
      return `#!/list/${encodeURIComponent(route.type)}`;
    case "search":
      return `#!/search?${new URLSearchParams({ q: route.query }).toString()}`;
    case "lineage": {
      const exclude = route.exclude === "" ? {} : { g_e: route.exclude };
      return `#!/overview?${new URLSearchParams({ g_v: "1", g_i: route.include, ...exclude }).toString()}`;
    }
  }
}

export const linkTo = (id: string): string => formatRoute({ page: "resource", id, section: null });

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

import { homedir } from "node:os";
import { basename, join } from "node:path";
import { download } from "../../src/lakehouse/download.ts";
import { findSources } from "../../src/lakehouse/sources.ts";

const PATH = "org/apache/arrow/flight-sql-jdbc-driver/18.3.0/flight-sql-jdbc-driver-18.3.0.jar";
const SIZE = 44_798_040;
const SHA256 = "3f418b46c880e263558c5de669bdbede2c5d4375527ced116fb29f795b03704c";

/** Arrow's JDBC driver, fetched once into the user's cache. */
export async function jdbcDriver(): Promise<string> {
  const { env } = process;
  const home = homedir();
  const { maven } = findSources({ maven: null, pypi: null, env, home });
  const cache = env["XDG_CACHE_HOME"] ?? join(home, ".cache");
  const file = join(cache, "duckhouse-dbt", "test-jdbc", basename(PATH));
  await download(
    { url: `${maven}/${PATH}`, file, size: SIZE, sha256: SHA256 },
    () => undefined,
    (ms) => new Promise((done) => setTimeout(done, ms)),
  );
  return file;
}

// Builds the project of the current folder and says what became of each node.
import { invoke } from "duckhouse-dbt";

const { success, results, exception } = await invoke(["build", ...process.argv.slice(2)], {
  onEvent: (event) => {
    if (event.kind === "node-finish") console.log(`${event.index} of ${event.total}: ${event.nodeId} ${event.status}`);
  },
});
if (exception !== null) console.error(`The command could not run: ${exception.message}`);
else console.log(`${results.length} results, ${success ? "all is well" : "something failed"}`);
process.exitCode = success ? 0 : 1;

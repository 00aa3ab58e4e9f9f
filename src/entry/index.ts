/** Runs a command from code as the command line does; gives its exit code. */
export { main as runCommandLine } from "../cli/main.ts";

/** Put in when the program is bundled. */
declare const __BUILD_ID__: string | undefined;

/** Tells one build of the program from another; null where it runs from its sources, which may change under it. */
export const BUILD_ID: string | null = typeof __BUILD_ID__ === "string" ? __BUILD_ID__ : null;

export function toCommonJs(text: string, path: string): Promise<string>;
export function refuseCycles(outputs: Record<string, object>): void;

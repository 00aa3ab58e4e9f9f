let readings = 0;

/** To be called by whatever gives templates what the next command may not find again: the time, chance. */
export function noteUnsteady(): void {
  readings++;
}

/** How often that was, since the program began. Equal before and after a template: it can be relied on. */
export function unsteadyReadings(): number {
  return readings;
}

/*
 * Loaded before the gateway (`node --import`): its wall clock is the machine's, set by as many milliseconds as its parent says. Durations
 * are measured with the other clock, as on a machine whose time server was found late.
 */
/** What its parent says: so many ms from the machine's clock. */
export type ClockOffset = number

const machineMs = Date.now
let offsetMs: ClockOffset = 0
Date.now = () => machineMs() + offsetMs
process.on('message', (said) => {
  if (typeof said === 'number') offsetMs = said
})
process.channel?.unref()

/** What visitors and the guide do with their hands while a step lasts, for the simulators (simulators/README.md). */
export interface HandWork {
  /** Done in this order when the step begins. */
  readonly does: readonly string[]
  /** What the visitor wishes on the tablet. */
  readonly wishes?: Readonly<Record<string, number>>
  /** Before the guide goes on, where the step waits for the guide: what was done must have been read. */
  readonly thenWaitS?: number
  /** How long a step with a condition lasts then. */
  readonly lastsS?: number
}

/** By scenario and step. A step that is not listed needs no hands but the guide's on the tablet. */
export const HANDS: Readonly<Record<string, Readonly<Record<string, HandWork>>>> = {
  'boil-off': { fill: { does: ['fill on pots'], thenWaitS: 2 } },
  'instant-or-tank': {
    openInstant: { does: ['draw instant on taps'] },
    closeInstant: { does: ['close on taps'] },
    openTank: { does: ['draw tank on taps'] },
    day: { does: ['close on taps'] },
  },
  'standby-hunt': {
    guess: { does: ['plug in on hunt'] },
    unplugSettopBox: { does: ['unplug 1 on hunt'], thenWaitS: 3 },
    unplugTelevision: { does: ['unplug 2 on hunt'], thenWaitS: 3 },
    unplugPrinter: { does: ['unplug 3 on hunt'], thenWaitS: 3 },
    unplugMicrowave: { does: ['unplug 4 on hunt'], thenWaitS: 3 },
  },
  'hundred-km': { plugIn: { does: ['plug car on car'], thenWaitS: 2 }, compare: { does: ['unplug car on car'] } },
  'charging-with-manners': { plugIn: { does: ['plug car on manners'], thenWaitS: 2 } },
  'shift-it': { move: { does: [], wishes: { washHour: 23, heatHour: 2, carHour: 0 } } },
  'roof-plant': {
    light: { does: ['unshade on roof', 'tilt 30 on roof'] },
    shade: { does: ['shade on roof'] },
    tilt: { does: ['unshade on roof', 'tilt 60 on roof'] },
  },
  'leaving-home': { leave: { does: ['press on home'] } },
  'three-meters': { draw: { does: ['draw on three'], lastsS: 41 }, turnGas: { does: ['turn gas on three'] } },
  'safe-electricity': { ready: { does: ['reset on strip'] }, pressTest: { does: ['press test on strip'] } },
  // The rider is up to speed when the minute begins.
  'pedal-a-cup': { guess: { does: ['ride 80 on pedal'] } },
}

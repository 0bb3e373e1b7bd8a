import type { AllOffResult, CommandRecord, CommandRequest, Commands } from '../commands/command.ts'
import type { Switches } from '../demos/bindings.ts'
import type { Value } from '../domain/frame.ts'
import type { Role } from '../domain/role.ts'
import type { Clock } from '../ports/clock.ts'

/** A device takes it back by itself after so long, and is told again well before: a dead gateway is a dead load. */
const REVERT_AFTER_S = 50
const REARM_EVERY_MS = 20_000
const OFF_AGAIN_MS = 1000
const BUSY_AGAIN_MS = 300
/** Longer than any proof of a command takes: one that is under way ends before. */
const MOST_BUSY = 40

/** Carries out what runs want of one device, through the one door of commands. */
export interface Switching {
  /** Resolves when it is confirmed on, or known not to be; undefined: something newer is wanted by now. Holds it on until `off`. */
  on(switches: NonNullable<Switches['on']>): Promise<boolean | undefined>
  /** Resolves when it is confirmed off: tried until then, or until `giveUp`. */
  off(): Promise<boolean>
  /** The newest value wins; one that waits is replaced. */
  set(command: string, value: Value | undefined): void
  /** Everything of the hall is being switched off already: `off` waits for that instead of doing it twice. */
  hallOff(result: Promise<AllOffResult>): void
  giveUp(): void
}

/**
 * The scenario’s file says which commands it gives, and the hall enables them; so a run gives them with the rights of the hall
 * lead, in the name of its guide.
 */
const RIGHTS: readonly Role[] = ['lead']

type Asked = Omit<CommandRequest, 'device' | 'by' | 'via' | 'trace' | 'roles'>

export function createSwitching(
  device: string,
  parts: {
    readonly commands: Pick<Commands, 'request' | 'allOff'>
    readonly clock: Clock
    readonly by: string
    readonly run: string
    readonly onLost: () => void
    /** What was set last is not known to be in force. */
    readonly onNotSet: (command: string) => void
  },
): Switching {
  const { commands, clock, by, run } = parts
  /** Grows with every wish: what an older wish waits for is no longer wanted. */
  let wish = 0
  let offs = 0
  let ended = false
  let underHallOff: Promise<AllOffResult> | undefined
  /** What it is held at: what it went on with, or was set to since. */
  let level: Value | undefined
  let adjustedBy: readonly string[] = []
  const waiting = new Map<string, Value | undefined>()
  const ask = { device, by, via: 'demo', trace: run, roles: RIGHTS } as const

  /** Again while the device is busy with something else of ours, with what is to be asked for by then. */
  async function give(request: () => Asked, wanted: () => boolean): Promise<CommandRecord> {
    for (let busy = 0; ; busy++) {
      const record = await commands.request({ ...ask, ...request() })
      if (record.code !== 'HW_COMMAND_BUSY' || busy >= MOST_BUSY) return record
      await clock.sleep(BUSY_AGAIN_MS)
      // Everything may have been switched off meanwhile: nobody would watch what goes on after that.
      if (!wanted() || ended) return record
    }
  }

  async function on(switches: NonNullable<Switches['on']>): Promise<boolean | undefined> {
    const { command, canRevert } = switches
    const mine = ++wish
    level = switches.value
    adjustedBy = switches.adjustedBy ?? []
    const request = () => ({
      command,
      ...(level !== undefined && { value: level }),
      ...(canRevert && { revertAfterS: REVERT_AFTER_S }),
    })
    const record = await give(request, () => mine === wish)
    // What came of an older wish says nothing of the newer one, which took its place at the device.
    if (mine !== wish) return undefined
    const ok = record.state === 'confirmed'
    if (ok && canRevert) void hold(request, mine)
    return ok
  }

  /**
   * Told again, each time through the ledger: a line every 20 s says that the load could be held, and what a run may last keeps
   * them few.
   */
  async function hold(request: () => Asked, mine: number): Promise<void> {
    let failures = 0
    for (;;) {
      await clock.sleep(failures === 0 ? REARM_EVERY_MS : OFF_AGAIN_MS)
      if (mine !== wish || ended) return
      const record = await give(request, () => mine === wish)
      if (mine !== wish || ended) return
      failures = record.state === 'confirmed' ? 0 : failures + 1
      if (failures > 3) parts.onLost()
    }
  }

  async function off(): Promise<boolean> {
    const mine = ++wish
    offs++
    waiting.clear()
    // Told once whatever happens, also when nobody waits for it any more.
    do {
      const result = await (underHallOff ?? commands.allOff({ by, via: 'demo', trace: run }, [device]))
      underHallOff = undefined
      const own = result.devices.filter((record) => record.device === device)
      if (own.length > 0 && own.every(({ state }) => state === 'confirmed')) return mine === wish
      await clock.sleep(OFF_AGAIN_MS)
    } while (mine === wish && !ended)
    return false
  }

  async function work(command: string): Promise<void> {
    const mine = offs
    while (waiting.has(command) && mine === offs) {
      const value = waiting.get(command)
      const record = await give(
        () => ({ command, ...(value !== undefined && { value }) }),
        () => mine === offs,
      )
      if (mine !== offs) return
      const isSet = record.state === 'confirmed'
      if (isSet && adjustedBy.includes(command)) level = value
      if (waiting.get(command) !== value) continue
      waiting.delete(command)
      if (!isSet) parts.onNotSet(command)
    }
  }

  return {
    on,
    off,
    set(command, value) {
      const isWorking = waiting.has(command)
      waiting.set(command, value)
      if (!isWorking) void work(command)
    },
    hallOff(result) {
      underHallOff = result
    },
    giveUp() {
      ended = true
    },
  }
}

import type { FaultCode } from '../domain/fault-codes.ts'
import { type FaultKey, faultId } from '../domain/fault-event.ts'
import type { Alarm } from './alarm.ts'
import { type AlarmIndex, type Entry, isActive } from './alarm-index.ts'
import {
  AFTER,
  AFTER_BACKEND,
  AFTER_UPLINK,
  EXPLAINED_ON_DEVICE,
  explainsOnDevice,
  LOST,
  SILENCE,
} from './cause-families.ts'
import type { Topology } from './topology.ts'

/** The device of alarms about several devices at once; no device of a hall may be called so. */
export const GATEWAY = 'gateway'

/** Which alarm explains which: power → network → link, zone, kind → backend → device → part. */
export interface RootCause {
  /** The alarm at the top of what explains this fault; undefined when nothing does. */
  of(fault: FaultKey, raisedAt: number): Entry | undefined
  /** Whether some alarm that is not there yet could explain it: then it is worth a hold-off. */
  mayCome(fault: FaultKey): boolean
  /** The open alarms for which it matters that this one begins or ends. */
  dependents(fault: FaultKey): Iterable<Entry>
}

export function createRootCause(index: AlarmIndex, topology: Topology): RootCause {
  function active(device: string, codes: ReadonlySet<FaultCode>): Entry | undefined {
    return firstOf(index.onDevice(device), (entry) => codes.has(entry.alarm.fault.code) && isActive(entry))
  }

  function shared(code: FaultCode, part: string): Entry | undefined {
    const entry = index.byFault.get(faultId({ device: GATEWAY, code, part }))
    return entry && isActive(entry) ? entry : undefined
  }

  function inTopology({ device, code }: FaultKey): Entry | undefined {
    for (const ancestor of topology.ancestors(device)) {
      if (!AFTER[ancestor.kind].has(code)) continue
      const entry = active(ancestor.device, LOST[ancestor.kind])
      if (entry) return entry
    }
    return undefined
  }

  function inScope({ device, code }: FaultKey): Entry | undefined {
    if (!SILENCE.has(code)) return undefined
    for (const scope of topology.scopesOf(device)) {
      const entry = shared('net.down', scope.part)
      if (entry) return entry
    }
    return undefined
  }

  function inUplink({ device, code }: FaultKey): Entry | undefined {
    if (AFTER_UPLINK.has(code)) {
      for (const uplink of topology.uplinks) {
        const entry = uplink === device ? undefined : active(uplink, DOWN)
        if (entry) return entry
      }
      const hall = shared('net.down', 'hall')
      if (hall) return hall
    }
    return AFTER_BACKEND.has(code) ? shared('sys.backend_down', 'hall') : undefined
  }

  function onDevice({ device, code, part }: FaultKey, raisedAt: number): Entry | undefined {
    return firstOf(index.onDevice(device), (entry) => {
      if (!isActive(entry)) return false
      const parent = entry.alarm.fault
      // What was seen before the device fell silent stays a fault of its own: it has not gone, it is only not seen.
      if (SILENCE.has(parent.code) && !SILENCE.has(code) && raisedAt > entry.alarm.raisedAt) return true
      return explainsOnDevice(parent.code, code) && (parent.code !== 'prn.offline' || samePrinter(parent.part, part))
    })
  }

  /** Alarms about a scope: the hall explains its parts, a feeding device all that are silent in the scope. */
  function ofScope({ code, part }: FaultKey): Entry | undefined {
    if (code !== 'net.down') return shared('net.down', 'hall')
    if (part !== 'hall') {
      const hall = shared('net.down', 'hall')
      if (hall) return hall
    }
    const silent = (topology.scope(part)?.devices ?? []).filter((device) => active(device, SILENCE))
    const [first, ...others] = silent
    if (first === undefined) return undefined
    const feeding = topology
      .ancestors(first)
      .find(
        ({ device, kind }) =>
          active(device, LOST[kind]) &&
          others.every(
            (other) => other === device || topology.ancestors(other).some((above) => above.device === device),
          ),
      )
    return feeding && active(feeding.device, LOST[feeding.kind])
  }

  function direct(fault: FaultKey, raisedAt: number): Entry | undefined {
    if (fault.device === GATEWAY) return ofScope(fault)
    return inTopology(fault) ?? inScope(fault) ?? inUplink(fault) ?? onDevice(fault, raisedAt)
  }

  return {
    of(fault, raisedAt) {
      const path: Entry[] = []
      for (let next = direct(fault, raisedAt); next; next = direct(next.alarm.fault, next.alarm.raisedAt)) {
        if (isSame(next.alarm.fault, fault)) {
          const first = earliest(path)
          return isBefore(first.alarm, { fault, raisedAt }) ? first : undefined
        }
        const from = path.indexOf(next)
        if (from >= 0) return earliest(path.slice(from))
        path.push(next)
      }
      return path.at(-1)
    },

    mayCome({ device, code }) {
      if (EXPLAINED_ON_DEVICE.has(code) || AFTER_BACKEND.has(code)) return true
      if (topology.ancestors(device).some(({ kind }) => AFTER[kind].has(code))) return true
      // What feeds others is a cause by itself: its children wait for it, so it does not wait for what its silence may be part of.
      return SILENCE.has(code) && topology.descendants(device).size === 0 && topology.scopesOf(device).length > 0
    },

    *dependents({ device, code, part }) {
      if (device === GATEWAY) {
        for (const id of topology.scope(part)?.devices ?? []) yield* index.onDevice(id)
        yield* index.onDevice(GATEWAY)
        return
      }
      for (const entry of index.onDevice(device)) {
        if (SILENCE.has(code) || explainsOnDevice(code, entry.alarm.fault.code)) yield entry
      }
      if (LOST.power.has(code) || LOST.network.has(code)) {
        for (const id of topology.descendants(device)) yield* index.onDevice(id)
        yield* index.onDevice(GATEWAY)
      }
      if (code === 'net.down' && topology.uplinks.includes(device)) {
        for (const entry of index.byFault.values()) if (AFTER_UPLINK.has(entry.alarm.fault.code)) yield entry
      }
    },
  }
}

const DOWN: ReadonlySet<FaultCode> = new Set(['net.down'])

type Seen = Pick<Alarm, 'fault' | 'raisedAt'>

const isSame = (a: FaultKey, b: FaultKey): boolean => faultId(a) === faultId(b)

const isBefore = (a: Seen, b: Seen): boolean =>
  a.raisedAt !== b.raisedAt ? a.raisedAt < b.raisedAt : faultId(a.fault) < faultId(b.fault)

/** Things that explain each other in a circle: the one that was first explains the others. */
const earliest = (circle: readonly Entry[]): Entry =>
  circle.reduce((first, entry) => (isBefore(entry.alarm, first.alarm) ? entry : first))

/** The first that fits, by time: so a restart, or the order of a list, does not change who explains what. */
function firstOf(entries: Iterable<Entry>, fits: (entry: Entry) => boolean): Entry | undefined {
  let first: Entry | undefined
  for (const entry of entries) if (fits(entry) && (!first || isBefore(entry.alarm, first.alarm))) first = entry
  return first
}

/** `printer.receipt` and `paper.receipt` are. */
const samePrinter = (a: string, b: string): boolean => qualifier(a) === qualifier(b)

/** `paper.receipt` → `receipt`. */
const qualifier = (part: string): string => part.slice(part.indexOf('.') + 1 || part.length)

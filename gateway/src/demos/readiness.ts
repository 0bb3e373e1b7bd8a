import type { DemoSettings } from '../config/demos-schema.ts'
import { type Binding, bindingsOf, type KnownDevice, sourceOf } from './bindings.ts'
import type { CircuitLock } from './circuit-locks.ts'
import { plannedLoad, planSteps } from './plan-steps.ts'
import type { ReadScenario } from './read-scenarios.ts'
import type { RunReason, Slot } from './run.ts'
import { PRICE_LISTS } from './scenario-checks.ts'
import type { ScenarioRole } from './scenario-schema.ts'
import { type BoundDevice, slotsFor } from './slots.ts'

/** The hall at this moment, as far as starting a run goes. */
export interface HallNow {
  readonly now: number
  readonly settings: DemoSettings
  device(id: string): KnownDevice | undefined
  /** I1, I2, I10 and whatever else stops everything. */
  readonly tripped: readonly { readonly id: string; readonly reason: RunReason; readonly circuit?: string }[]
  /** I11 */
  readonly open: boolean
  /** Runs that hold a circuit. */
  readonly locks: ReadonlyMap<string, CircuitLock>
  /** Unix ms. */
  offAt(device: string): number | undefined
  /** What the command `on` switches on goes off by the device itself, also when the gateway is gone. */
  goesOffAlone(device: string, on: string): boolean
  hasTariff(scenario: string, which: string): boolean
}

/** What is in the way of a live run. */
export interface Obstacle {
  /** missing: a device; other ways may be offered. blocked: refused. waiting: possible in `inS`. not-set-up: the hall has to say more. */
  readonly kind: 'missing' | 'blocked' | 'waiting' | 'not-set-up'
  readonly reason: RunReason
  readonly role?: string
  readonly device?: string
  readonly inS?: number
}

export interface Readiness {
  /** The devices that can play, role by role. */
  readonly slots: readonly Slot[]
  /** How each slot is bound. */
  readonly bindings: ReadonlyMap<string, Binding>
  /** The worst first. */
  readonly obstacles: readonly Obstacle[]
}

const ORDER: readonly Obstacle['kind'][] = ['not-set-up', 'missing', 'blocked', 'waiting']

/**
 * The pre-check of a live run.
 * @param without  roles that are left out although they are required (played from a record, or not shown)
 * @param attended false: nobody leads it, so nothing is switched
 */
export function readiness(
  read: ReadScenario,
  hall: HallNow,
  options: { readonly override?: boolean; readonly without?: readonly string[]; readonly attended?: boolean } = {},
): Readiness {
  const { scenario } = read
  const { override = false, without = [], attended = true } = options
  const obstacles: Obstacle[] = []
  const usable = new Map<string, readonly Binding[]>()
  for (const [role, definition] of Object.entries(scenario.roles)) {
    if (without.includes(role) || (!attended && definition.switched)) continue
    const found = bindingsOf(hall.settings, scenario.id, role)
    const judged = found.map((binding) => ({ binding, trouble: troubleOf(binding, definition, role, hall) }))
    const good = judged.filter(({ trouble }) => trouble === undefined).map(({ binding }) => binding)
    if (good.length >= (definition.many?.min ?? 1)) usable.set(role, good)
    else if (definition.required)
      obstacles.push(judged.find(({ trouble }) => trouble)?.trouble ?? notBound(role, definition))
  }
  for (const { missing, say } of scenario.fallbacks)
    if (PRICE_LISTS.includes(missing) && !hall.hasTariff(scenario.id, missing))
      obstacles.push({ kind: 'not-set-up', reason: { code: 'HW_DEMO_NOT_SET_UP', text: say } })

  const slots = slotsFor(scenario, (role) => (usable.get(role) ?? []).map((binding) => boundDevice(binding, hall)))
  const bindings = new Map(slots.map((slot) => [slot.key, usable.get(slot.role)![slot.index ?? 0]!]))
  obstacles.push(...rulesInTheWay(read, slots, hall, override))
  obstacles.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
  return { slots, bindings, obstacles }
}

function boundDevice({ device, circuit, ratedW }: Binding, hall: HallNow): BoundDevice {
  const name = hall.device(device)?.name
  return {
    mark: 'live',
    device,
    ...(circuit !== undefined && { circuit }),
    ...(ratedW !== undefined && { ratedW }),
    ...(name !== undefined && { name }),
  }
}

const reason = (code: RunReason['code'], zh: string, en: string): RunReason => ({ code, text: { zh, en } })

const notBound = (role: string, { name }: ScenarioRole): Obstacle => ({
  kind: 'not-set-up',
  role,
  reason: reason('HW_DEMO_NOT_SET_UP', `本厅没有配置“${name.zh}”`, `The hall has no device for “${name.en}”.`),
})

function wrongKind({ id, name: own, kind }: KnownDevice, { name, kinds }: ScenarioRole, role: string): Obstacle {
  const zh = `${own}（${kind}）不能当“${name.zh}”，可用：${kinds.join('、')}`
  const en = `${own} is of kind ${kind}; “${name.en}” takes ${kinds.join(', ')}.`
  return { kind: 'not-set-up', role, device: id, reason: reason('HW_DEMO_NOT_SET_UP', zh, en) }
}

function troubleOf(binding: Binding, definition: ScenarioRole, role: string, hall: HallNow): Obstacle | undefined {
  const device = hall.device(binding.device)
  if (!device) return notBound(role, definition)
  const missing = (code: RunReason['code'], zh: string, en: string): Obstacle => ({
    kind: 'missing',
    role,
    device: device.id,
    reason: reason(code, `${device.name}${zh}`, `${device.name} ${en}`),
  })
  if (!definition.kinds.includes(device.kind)) return wrongKind(device, definition, role)
  if (!device.online) return missing('HW_DEMO_DEVICE_MISSING', '不在线', 'does not answer.')
  if (device.faulty) return missing('HW_DEMO_DEVICE_FAULTY', '有未处理的告警', 'has an open alarm.')
  for (const point of definition.points) {
    const { device: id, quantity } = sourceOf(binding, point)
    if (hall.device(id)?.isGood(quantity)) continue
    return missing('HW_DEMO_DEVICE_MISSING', `没有读数 ${quantity}`, `gives no good reading of ${quantity}.`)
  }
  if (!definition.switched) return undefined
  const { on, off } = device.switches
  if (!on || !off)
    return missing('HW_DEMO_NOT_COMMANDABLE', '不能受控', 'cannot be switched: see `commands` in hall.yaml.')
  const strong = definition.hot || (binding.ratedW ?? definition.ratedW ?? 0) > 1000
  if (strong && !(on.canRevert && hall.goesOffAlone(device.id, on.command)))
    return missing(
      'HW_DEMO_NOT_COMMANDABLE',
      '没有自己的倒计时，网关停了不会断电，不能接发热或 1 kW 以上的电器',
      'does not count down by itself and would stay on without the gateway, so nothing hot or above 1 kW hangs on it.',
    )
  const watched = definition.points.includes('activePower') ? 'activePower' : definition.points[0]!
  const { device: id, quantity } = sourceOf(binding, watched)
  const meter = hall.device(id)
  const readAt = meter?.readAt(quantity)
  // Who reports changes only is taken by how it behaves: while it is on, I6 holds it to the same.
  const everyMs = meter?.periodMs(quantity) ?? (readAt === undefined ? Number.POSITIVE_INFINITY : hall.now - readAt)
  if (everyMs > hall.settings.staleS * 1000) {
    const seconds = Math.round(everyMs / 1000)
    return missing(
      'HW_DEMO_TOO_SLOW',
      `每 ${seconds} 秒才上报，太慢`,
      `reports every ${seconds} s: too slow to be switched live.`,
    )
  }
  return undefined
}

function rulesInTheWay(read: ReadScenario, slots: readonly Slot[], hall: HallNow, override: boolean): Obstacle[] {
  const found: Obstacle[] = []
  const switched = slots.filter((slot) => slot.switched)
  const circuits = new Set(switched.flatMap(({ circuit }) => circuit ?? []))
  for (const { reason: why, circuit } of hall.tripped)
    if (switched.length > 0 && (circuit === undefined || circuits.has(circuit)))
      found.push({ kind: 'blocked', reason: why })
  if (switched.length === 0) return found
  for (const { name, circuit, key } of switched)
    if (circuit === undefined || !hall.settings.circuits.some(({ id }) => id === circuit))
      found.push({
        kind: 'not-set-up',
        role: key,
        reason: reason('HW_DEMO_NOT_SET_UP', `“${name.zh}”没有写明回路`, `${name.en} has no circuit.`),
      })
  if (!hall.open && !override)
    found.push({
      kind: 'blocked',
      reason: reason('HW_DEMO_CLOSED', '非开放时间，不通电', 'Outside the schedule nothing is switched on.'),
    })
  for (const circuit of circuits) {
    const lock = hall.locks.get(circuit)
    if (lock) found.push(heldBy(lock, hall.now))
  }
  const planned = plannedLoad(planSteps(read.scenario, slots), slots)
  for (const { id, name, limitW } of hall.settings.circuits) {
    const watts = planned.get(id) ?? 0
    if (watts <= limitW) continue
    const text = [
      `${name}最多 ${limitW} W，同时要开 ${watts} W`,
      `${name} takes ${limitW} W; ${watts} W would be on together.`,
    ] as const
    found.push({ kind: 'blocked', reason: reason('HW_DEMO_OVER_LIMIT', ...text) })
  }
  found.push(...pauses(read, switched, hall))
  return found
}

/** I8 */
function heldBy({ by, left }: CircuitLock, now: number): Obstacle {
  const code = 'HW_DEMO_CIRCUIT_BUSY'
  if (!left) return { kind: 'blocked', reason: reason(code, `回路正由 ${by} 使用`, `The circuit is in use by ${by}.`) }
  const inS = Math.max(1, Math.ceil((left.until - now) / 1000))
  const zh = `上一场的“${left.names.zh}”还没有确认断开，最多再等 ${inS} 秒`
  const en = `${left.names.en} of the last run is not known to be off yet: ${inS} s at most.`
  return { kind: 'waiting', inS, reason: reason(code, zh, en) }
}

/** I9: compressors, and surfaces that are still hot. */
function pauses(read: ReadScenario, switched: readonly Slot[], hall: HallNow): Obstacle[] {
  const { restartDelayS, coolDownS } = read.scenario.safety
  return switched.flatMap(({ role, hot, device = '', name }) => {
    const offAt = hall.offAt(device)
    if (offAt === undefined) return []
    const pauseS = Math.max(restartDelayS[role] ?? 0, hot ? coolDownS : 0)
    const inS = Math.ceil(pauseS - (hall.now - offAt) / 1000)
    if (inS <= 0) return []
    const text = [`${name.zh}还要等 ${inS} 秒`, `${name.en} needs ${inS} s more.`] as const
    return [{ kind: 'waiting' as const, role, device, inS, reason: reason('HW_DEMO_WAITING', ...text) }]
  })
}

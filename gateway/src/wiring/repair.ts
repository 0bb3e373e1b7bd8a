import { randomBytes } from 'node:crypto'
import type { Alarm } from '../alarms/alarm.ts'
import { createAlarmBook } from '../alarms/alarm-book.ts'
import { createServiceFigures } from '../alarms/service-figures.ts'
import { type AuthStats, createAuth } from '../auth/auth.ts'
import type { Broker, IncomingPublish } from '../broker/broker.ts'
import { topicOf } from '../broker/topics.ts'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { Frame } from '../domain/frame.ts'
import { createFaults, type FaultMemory, type FaultsStats, faultDevice } from '../faults/faults.ts'
import type { HttpViews } from '../http/views.ts'
import { composeNotices } from '../notify/compose.ts'
import { createChannels } from '../notify/notify.ts'
import { createOutbox, type OutboxStats } from '../notify/outbox.ts'
import { noticeWrites } from '../notify/outbox-tables.ts'
import { loadTapKey, signTap, TAP_VALID_MS, type Tap, verifyTap } from '../notify/tap-links.ts'
import type { Readings } from '../readings/readings.ts'
import { createRepair, IN_REPAIR } from '../repair/create-repair.ts'
import type { RepairStats } from '../repair/repair.ts'
import { loadRepairState } from '../repair/repair-store.ts'
import { storedDocument } from '../store/documents-table.ts'
import { availabilityNow } from '../work-orders/availability-now.ts'
import { createCalendar, unknownHolidayYear } from '../work-orders/calendar.ts'
import { closingFigures } from '../work-orders/closing-figures.ts'
import { createOrderBook } from '../work-orders/create-order-book.ts'
import { onDuty } from '../work-orders/duty.ts'
import { type SlaHall, slaOf } from '../work-orders/sla.ts'
import type { WorkOrder } from '../work-orders/work-order.ts'
import type { Frames } from './frames.ts'
import type { GatewayOptions, Opened } from './opened.ts'
import { reporting } from './reporting.ts'
import { createSelfTesting } from './self-testing.ts'
import type { Storage } from './storage.ts'

const REMEMBER_FAULTS_EVERY_MS = 60_000
const AVAILABILITY_EVERY_MS = 60_000
const LOOK_AT_CALENDAR_EVERY_MS = 12 * 3_600_000

/** The repair chain and who may use it. */
export interface RepairRooms {
  readonly views: Pick<HttpViews, 'repair' | 'auth' | 'taps' | 'kpis' | 'reports' | 'notices'>
  /** For metrics. */
  readonly stats: {
    faults(): FaultsStats
    repair(): RepairStats
    notify(): OutboxStats
    auth(): AuthStats
  }
  /** Units that have each function, and units that can do it now; for the gateway's own frame. */
  serviceFigures(): Readonly<Record<string, number>>
  /** Conditions that no rule finds in readings. */
  takeFaults(events: readonly FaultEvent[]): void
  /** Hears what devices answer to commands. */
  takeAnswer(message: IncomingPublish): void
  /** Goes over to the devices, rules, people and channels of another state of the hall. */
  takeOver(hall: ResolvedHall): void
}

export async function openRepair(
  parts: {
    hall: () => ResolvedHall
    storage: Storage
    readings: Readings
    frames: Frames
    publish: Broker['publish']
    /** Where phones reach the gateway, for one-tap links. */
    publicUrl: () => string
  },
  options: GatewayOptions,
  opened: Opened,
): Promise<RepairRooms> {
  const { hall, readings, frames, publish } = parts
  const { store } = parts.storage
  const { clock, log, random, environment } = options
  const calendarOf = (of: ResolvedHall) => createCalendar({ timeZone: of.hall.hall.timeZone, repair: of.hall.repair })
  let calendar = calendarOf(hall())
  let serviceFigures = createServiceFigures([])
  const before = await loadRepairState(store, clock.wallMs())
  const timeZone = () => hall().hall.hall.timeZone
  const repair = () => hall().hall.repair

  const rememberedFaults = storedDocument<FaultMemory | undefined>(store, 'fault-memory', undefined)
  const faults = createFaults({
    timeZone: timeZone(),
    memory: await rememberedFaults.load(),
    open: before.alarms.map(({ fault }) => fault),
  })
  const alarms = createAlarmBook({
    initial: {
      alarms: before.alarms,
      lastAlarm: before.lastAlarm,
      inRepair: before.orders.filter(({ state }) => IN_REPAIR.has(state)).map(({ device }) => device),
    },
  })
  const orders = createOrderBook({
    initial: before.orders,
    ...(before.lastOrder !== undefined && { lastId: before.lastOrder }),
    random,
  })

  const tapKey = await loadTapKey(environment, keptText(store, 'tap-key'))
  const sign = ({ act, order, person }: Pick<Tap, 'act' | 'order' | 'person'>) =>
    signTap({ act, order, person, expiresAt: clock.wallMs() + TAP_VALID_MS }, tapKey)
  const outbox = await createOutbox({
    store,
    hall: notifyHall(hall()),
    channels: channelsOf(hall()),
    taps: {
      tap: (tap) => `${publicUrl()}/t/${sign(tap)}`,
      overview: () => publicUrl(),
      order: (id) => (repair().publicUrl === undefined ? undefined : `${publicUrl()}/m/orders/${id}`),
    },
    clock,
    log,
    random,
  })
  opened.add(() => outbox.close())
  const publicUrl = () => repair().publicUrl?.replace(/\/$/, '') ?? parts.publicUrl()

  function channelsOf(of: ResolvedHall) {
    return createChannels(of.hall.repair.channels, {
      environment,
      wallMs: () => clock.wallMs(),
      publish: async (topic, payload) => publish(topic, payload, { qos: 1 }),
    })
  }

  const selfTesting = createSelfTesting({
    hall,
    orders,
    publish,
    note: (order, text) => void chain.actOnOrder({ act: 'note', order, by: 'gateway', text }),
    clock,
  })
  const chain = createRepair({
    alarms,
    orders,
    store,
    clock,
    log,
    health: { healthy: (device) => isHealthy(device, readings, alarms.open()), ...selfTesting.health },
    compose: ({ transitions, orderEvents }, now) =>
      composeNotices({
        transitions,
        orderEvents,
        orders,
        alarms,
        hall: composeHall(hall()),
        flood: alarms.flooded(),
        now,
      }),
    noticeWrites,
    kickOutbox: () => outbox.kick(),
  })
  opened.add(() => chain.close())
  opened.add(
    chain.onStep(({ transitions, orderEvents }) => {
      for (const { alarm, at } of transitions) tellAlarm(alarm, at)
      for (const id of new Set(orderEvents.map(({ order }) => order))) {
        const order = orders.order(id)
        if (order) tellOrder(order)
      }
    }),
  )

  function tellAlarm(alarm: Alarm, at: number): void {
    frames.takeAside(alarmFrame(alarm, at), alarm.fault.code)
    const gone = alarm.state === 'normal'
    publish(topicOf('alarm', { hall: hall().hall.hall.id, id: alarm.id }), gone ? '' : JSON.stringify(alarm), {
      retain: true,
    })
  }

  function tellOrder(order: WorkOrder): void {
    frames.takeAside(orderFrame(order, { repair: repair(), calendar }), order.faults[0]?.code ?? 'none')
    // Who works on it is for those who are logged in, not for every subscriber.
    const { assignee: _, events: __, ...told } = order
    const topic = topicOf('workOrder', { hall: hall().hall.hall.id, id: order.id })
    publish(topic, order.state === 'closed' ? '' : JSON.stringify(told), { retain: true })
  }

  opened.add(readings.onChange((change) => chain.takeFaults(faults.take(change, clock.wallMs()))))
  opened.every(1000, () => {
    chain.takeFaults(faults.tick(clock.wallMs()))
    selfTesting.tick()
    chain.tick()
  })
  const remember = () => rememberedFaults.save(faults.memory()).catch(() => {}) // the store reports its own trouble
  opened.add(remember)
  opened.every(REMEMBER_FAULTS_EVERY_MS, remember)

  opened.every(AVAILABILITY_EVERY_MS, () => {
    const at = clock.wallMs()
    const of = { repair: repair(), timeZone: timeZone(), devices: [...hall().devices.values()] }
    // A conclusion about the device, not word from it: it must not count as heard, so it goes straight to the disk.
    for (const [device, dutyAvailability] of availabilityNow(of, calendar, chain.openAlarms(), at))
      frames.takeAside({ device, stream: 'status', at, values: { dutyAvailability } }, '')
  })

  const lookAtCalendar = () => {
    const year = unknownHolidayYear({ timeZone: timeZone(), repair: repair() }, clock.wallMs())
    if (year === undefined) return
    const code = 'HW_CALENDAR_ENDS'
    log.warn({ code, year }, `The public holidays of ${year} are not known: deadlines take them for ordinary days.`)
  }
  lookAtCalendar()
  opened.every(LOOK_AT_CALENDAR_EVERY_MS, lookAtCalendar)

  const auth = await createAuth({
    store,
    clock,
    log,
    randomBytes,
    ...(options.onFirstStart && { onFirstStart: options.onFirstStart }),
  })
  opened.add(() => auth.close())

  const people = () => new Map(repair().people.map((person) => [person.id, person.name]))

  return {
    views: {
      repair: {
        ...chain,
        clocks: (order, now) => slaOf(order, { repair: repair(), calendar }, now),
        people: (now) => {
          const present = new Set(onDuty(repair(), timeZone(), now).map(({ id }) => id))
          return repair().people.map(({ id, name }) => ({ id, name, onDuty: present.has(id) }))
        },
        personName: (id) => people().get(id) ?? id,
      },
      auth,
      taps: { verify: (token) => verifyTap(token, tapKey, clock.wallMs()), sign },
      notices: outbox,
      ...reporting({ hall, chain, store, clock }),
    },
    stats: {
      faults: () => faults.stats(),
      repair: () => chain.stats(),
      notify: () => outbox.stats(),
      auth: () => auth.stats(),
    },
    serviceFigures: () => serviceFigures(chain.openAlarms()),
    takeFaults: (events) => chain.takeFaults(events),
    takeAnswer: selfTesting.takeAnswer,
    takeOver(next) {
      calendar = calendarOf(next)
      const now = clock.wallMs()
      const devices = [...next.devices.values()]
      serviceFigures = createServiceFigures(devices.map(alarmDevice))
      orders.setHall({ repair: next.hall.repair, timeZone: next.hall.hall.timeZone, devices })
      chain.takeTransitions(
        alarms.setHall(
          { devices: devices.map(alarmDevice), repair: next.hall.repair, timeZone: next.hall.hall.timeZone },
          now,
        ),
      )
      chain.takeFaults(
        faults.setDevices(
          devices.map((device) => faultDevice(device, next.hall.repair.rules)),
          now,
        ),
      )
      outbox.setChannels(notifyHall(next), channelsOf(next))
    },
  }
}

const notifyHall = ({ hall }: ResolvedHall) => ({
  name: hall.hall.name,
  timeZone: hall.hall.timeZone,
  repair: hall.repair,
})

const composeHall = (resolved: ResolvedHall) => ({ ...notifyHall(resolved), devices: [...resolved.devices.values()] })

/** What other devices may hang on as well: when all of them go silent at once, that is the cause. */
function sharedBy(connection: ResolvedDevice['connection']): string {
  if ('link' in connection) return connection.link
  if (connection.via === 'power') return connection.meter
  if (connection.via === 'ocpp') return connection.chargePoint
  return connection.via === 'asked' ? connection.host : connection.user
}

const alarmDevice = ({ id, name, kind, zone, connection, periodsMs }: ResolvedDevice) => ({
  id,
  name,
  kind,
  zone,
  link: sharedBy(connection),
  quantities: Object.keys(periodsMs),
})

/** Undefined while evidence is missing: a device that cannot be heard has proved nothing. */
function isHealthy(device: string, readings: Readings, open: readonly Alarm[]): boolean | undefined {
  const own = open.filter(({ fault }) => fault.device === device)
  if (own.some(({ condition }) => condition === 'present')) return false
  const state = readings.device(device)
  if (state?.presence !== 'online' || own.some(({ condition }) => condition === 'unknown')) return undefined
  return true
}

const alarmFrame = (alarm: Alarm, at: number): Frame => ({
  device: alarm.fault.device,
  stream: 'alarm',
  at,
  values: {
    alarmId: alarm.id,
    alarmState: alarm.state,
    alarmPriority: alarm.priority,
    alarmActive: alarm.condition === 'present',
    alarmAcknowledged: alarm.acknowledged !== undefined,
    alarmSuppressed: alarm.suppressed !== undefined || alarm.shelved !== undefined,
  },
})

function orderFrame(order: WorkOrder, hall: SlaHall): Frame {
  const first = order.events[0]?.at ?? 0
  const last = order.events.at(-1)?.at ?? first
  return {
    device: order.device,
    stream: 'work_order',
    at: last,
    values: {
      orderId: order.id,
      orderState: order.state,
      orderPriority: order.priority,
      orderOpen: order.state !== 'closed',
      orderAge: (last - first) / 1000,
      orderSource: order.source,
      ...closingFigures(order, hall),
    },
  }
}

/** One text kept in the store, as rooms with a single secret of their own want it. */
function keptText(store: Storage['store'], name: string) {
  const document = storedDocument<string | null>(store, name, null)
  return { get: async () => (await document.load()) ?? undefined, set: (text: string) => document.save(text) }
}

import type { Clock } from '../ports/clock.ts'
import type { ChargePoint, Connector } from './charge-point.ts'
import type { OcppLink } from './ocpp-port.ts'

/** What the gateway asks by itself; one question at a time, so that a command never waits for more than one of them. */
export interface Contact {
  /** Its connection is new: asks for what a charger that was never away does not tell again. */
  begin(chargePoint: ChargePoint, link: OcppLink): void
  /** Call every few seconds: asks for meter values that do not come by themselves. */
  tick(chargePoint: ChargePoint): void
  close(): void
}

/** After a power cut all chargers come at once; what is asked of them is spread. */
const FIRST_QUESTION_MS = 1000
const SPREAD_MS = 3000
/** How far ahead GetCompositeSchedule looks; only what holds now is wanted. */
const SCHEDULE_S = 60

export function createContact(parts: {
  readonly clock: Clock
  readonly random: () => number
  /** Keys are set after each connection, where the hall wants that. */
  readonly configure: boolean
  /** Undefined when the charge point did not answer, or with an error. */
  ask(link: OcppLink, action: string, payload: object): Promise<Readonly<Record<string, unknown>> | undefined>
}): Contact {
  const { clock, random, configure, ask } = parts
  const stop = new AbortController()
  /** What a connection has said it cannot do. */
  const unable = new WeakMap<OcppLink, Set<string>>()
  const asking = new WeakSet<OcppLink>()

  const unableOf = (link: OcppLink): Set<string> => {
    const known = unable.get(link) ?? new Set()
    unable.set(link, known)
    return known
  }

  async function question(
    link: OcppLink,
    action: string,
    payload: object,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const key = `${action} ${(payload as { requestedMessage?: string }).requestedMessage ?? ''}`
    if (unableOf(link).has(key)) return undefined
    const said = await ask(link, action, payload)
    if (said === undefined || said.status === 'NotImplemented' || said.status === 'NotSupported')
      unableOf(link).add(key)
    return said
  }

  async function first(chargePoint: ChargePoint, link: OcppLink): Promise<void> {
    await clock.sleep(FIRST_QUESTION_MS + random() * SPREAD_MS, stop.signal)
    const isThere = () => chargePoint.link() === link
    const connectors = [...chargePoint.connectors.values()]
    for (const connectorId of new Set([0, ...connectors.map(({ connector }) => connector)]))
      if (isThere() && !chargePoint.heard().has(connectorId))
        await question(link, 'TriggerMessage', { requestedMessage: 'StatusNotification', connectorId })
    if (configure) {
      const keys = Object.assign({}, ...connectors.map(({ profile }) => profile.configuration)) as Record<
        string,
        string
      >
      for (const [key, value] of Object.entries(keys))
        if (isThere()) await ask(link, 'ChangeConfiguration', { key, value })
    }
    for (const one of connectors) if (isThere()) await readLimit(chargePoint, link, one)
  }

  async function readLimit(chargePoint: ChargePoint, link: OcppLink, one: Connector): Promise<void> {
    if (one.profile.limit === undefined) return
    const payload = { connectorId: one.connector, duration: SCHEDULE_S, chargingRateUnit: 'A' }
    const said = await question(link, 'GetCompositeSchedule', payload)
    const reading = said && one.reader.readLimit(said, clock.wallMs())
    if (reading) chargePoint.tell(one, reading)
  }

  async function meterValues(link: OcppLink, silent: readonly Connector[]): Promise<void> {
    for (const { connector } of silent)
      await question(link, 'TriggerMessage', { requestedMessage: 'MeterValues', connectorId: connector })
  }

  /** One row of questions per connection. */
  function alone(link: OcppLink, questions: Promise<void>): void {
    asking.add(link)
    questions.catch(() => {}).finally(() => asking.delete(link))
  }

  return {
    begin: (chargePoint, link) => alone(link, first(chargePoint, link)),
    tick(chargePoint) {
      const link = chargePoint.link()
      if (!link || asking.has(link)) return
      const now = clock.monotonicMs()
      const silent = [...chargePoint.connectors.values()].filter(
        ({ profile, metered, device }) =>
          profile.meterValues.length > 0 &&
          now - metered >= (device.periodsMs[profile.meterValues[0]?.quantity ?? ''] ?? profile.everyMs),
      )
      if (silent.length > 0) alone(link, meterValues(link, silent))
    },
    close: () => stop.abort(),
  }
}

import type { Asking } from '../asking/asking.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { DeviceInside } from '../http/setup-views.ts'
import type { Ocpp } from '../ocpp/ocpp.ts'
import { askedBy, askedLines } from '../profiles/asked-lines.ts'
import type { DeviceState } from '../readings/readings.ts'
import { namesOf } from '../settings/quantity-names.ts'

/** What a device is asked for over the network, and what it last answered; null for every other device. */
export function askedInside(
  { id, connection, profile, periodsMs }: ResolvedDevice,
  asking: Pick<Asking, 'inside'>,
  state: DeviceState | undefined,
): DeviceInside['asked'] {
  const way = askedBy(profile)
  const asked = asking.inside(id)
  if (connection.via !== 'asked' || !way || !asked) return null
  const { rounds, failures, latencyMs, answeredAt, refusal } = asked
  return {
    way,
    address: connection.port === undefined ? connection.host : `${connection.host}:${connection.port}`,
    periodMs: Math.min(...Object.values(periodsMs)),
    rounds,
    failures,
    latencyMs: latencyMs === undefined ? null : Math.round(latencyMs * 10) / 10,
    answeredAt: answeredAt ?? null,
    refusal: refusal ?? null,
    points: askedLines(profile).map(({ quantity, place, note }) => {
      const reading = state?.readings.get(quantity)
      return {
        ...namesOf(quantity),
        place,
        value: reading?.value ?? null,
        quality: reading?.quality ?? 'bad',
        ...(reading?.reason !== undefined && { reason: reading.reason }),
        at: reading?.at ?? null,
        ...(note !== undefined && { note }),
      }
    }),
  }
}

/** What a charger said last by OCPP; null for every other device. */
export function ocppInside({ id }: ResolvedDevice, ocpp: Pick<Ocpp, 'inside'> | undefined): DeviceInside['ocpp'] {
  const inside = ocpp?.inside(id)
  if (!inside) return null
  const { chargePoint, connector, connected, transaction, said } = inside
  return {
    chargePoint,
    connector,
    connected,
    transaction: transaction
      ? { id: transaction.id, startedAt: transaction.startedAt, meterStartWh: transaction.meterStartWh }
      : null,
    messages: said.map((message) => ({ ...message })),
  }
}

import { DEVICE_KINDS } from '../domain/device-kind.ts'
import type { ProfileAnswer, ProfileListAnswer } from '../http/setup-views.ts'
import { askedBy, askedLines } from '../profiles/asked-lines.ts'
import { registersOf } from '../profiles/decode-registers.ts'
import { itemsOfVariant, type MeterItem } from '../profiles/dlt645-schema.ts'
import { itemAddress } from '../profiles/item-words.ts'
import { ocppLines } from '../profiles/ocpp-lines.ts'
import type { Profile, Register } from '../profiles/profile-schema.ts'
import { protocolOf } from '../profiles/protocols.ts'
import { namesOf } from './quantity-names.ts'
import { FUNCTION_CODES, referenceNumber } from './reference-number.ts'

type Summary = ProfileListAnswer['profiles'][number]
type Point = ProfileAnswer['pointList'][number]

/** A profile in one row. */
export function profileSummary(
  id: string,
  profile: Profile,
  { devices, cases }: { readonly devices: readonly string[]; readonly cases: number | null },
): Summary {
  const { vendor, model, title, kind, level, modbus, mqtt, dlt645, ocpp } = profile
  const lines = modbus
    ? registersOf(modbus)
    : ((dlt645 && itemsOfVariant(dlt645)) ??
      (ocpp && ocppLines(ocpp)) ??
      mqtt?.messages.flatMap(({ values }) => values) ??
      askedLines(profile))
  return {
    id,
    vendor,
    model,
    title,
    kind,
    kindName: DEVICE_KINDS[kind],
    level,
    via: protocolOf(profile),
    variants: Object.entries((modbus ?? dlt645)?.variants ?? {}).map(([variant, { note }]) => ({ id: variant, note })),
    points: new Set(lines.map(({ quantity }) => quantity)).size,
    weak: lines.filter(({ confidence }) => confidence !== undefined).length,
    cases,
    devices: [...devices],
    parameters: Object.entries(parametersOf(profile)).map(([name, { default: byDefault, note }]) => ({
      name,
      default: byDefault ?? null,
      ...(note !== undefined && { note }),
    })),
  }
}

/** A profile with everything a person would look up in it. */
export function profileAnswer(
  id: string,
  profile: Profile,
  known: Parameters<typeof profileSummary>[2],
): ProfileAnswer {
  const { modbus, mqtt, dlt645, source, notes, faults } = profile
  return {
    ...profileSummary(id, profile, known),
    source,
    notes,
    periodsMs: (modbus ?? dlt645)?.periodsMs ?? null,
    modbus: modbus
      ? {
          unitId: modbus.unitId,
          wordOrder: modbus.wordOrder,
          maxRegistersPerRequest: modbus.maxRegistersPerRequest,
          gapMs: modbus.gapMs,
          timeoutMs: modbus.timeoutMs,
          serial: modbus.serial ?? null,
          probe: modbus.probe ?? null,
          forbidden: modbus.forbidden.map((range) => ({ ...range, table: range.table ?? modbus.table })),
        }
      : null,
    mqtt: mqtt ? { topics: mqtt.messages.map(({ topic }) => topic), subscribes: mqtt.subscribes } : null,
    pointList: modbus
      ? modbusPoints(modbus)
      : [...meterPoints(profile), ...mqttPoints(profile), ...askedPoints(profile), ...ocppPoints(profile)],
    faultRules: faults.map((rule) => ({ ...rule })),
  }
}

function modbusPoints(modbus: NonNullable<Profile['modbus']>): Point[] {
  const pointOf = (register: Register, variant: string | null): Point => {
    const table = register.table ?? modbus.table
    const { address, reference, type, scale, unit, rate, confidence, note, model } = register
    return {
      ...namesOf(register.quantity),
      variant,
      rate,
      table,
      functionCode: FUNCTION_CODES[table],
      address,
      reference:
        model === undefined ? String(reference ?? referenceNumber(table, address)) : modelText(modbus, model, address),
      type,
      sentUnit: unit,
      ...(scale !== undefined && { scale }),
      ...(confidence !== undefined && { confidence }),
      ...(note !== undefined && { note }),
    }
  }
  return [
    ...modbus.registers.map((register) => pointOf(register, null)),
    ...Object.entries(modbus.variants ?? {}).flatMap(([variant, { registers }]) =>
      registers.map((register) => pointOf(register, variant)),
    ),
  ]
}

/** A SunSpec point has no address before its device was walked: the models it stands in, and where in them. */
const modelText = ({ sunspec }: NonNullable<Profile['modbus']>, name: string, offset: number): string =>
  `SunSpec ${sunspec?.models[name]?.join('/') ?? name} + ${offset}`

/** Names a hall fills in. */
function parametersOf(profile: Profile) {
  const asked = askedBy(profile)
  return (asked ? profile[asked] : profile.mqtt)?.parameters ?? {}
}

const askedPoints = (profile: Profile): Point[] =>
  askedLines(profile).map(({ quantity, place, unit, scale, confidence, note }) => ({
    ...namesOf(quantity),
    variant: null,
    topic: protocolOf(profile),
    pointer: place,
    sentUnit: unit,
    ...(scale !== undefined && { scale }),
    ...(confidence !== undefined && { confidence }),
    ...(note !== undefined && { note }),
  }))

const ocppPoints = ({ ocpp }: Profile): Point[] =>
  (ocpp ? ocppLines(ocpp) : []).map(({ quantity, place, confidence, note }) => ({
    ...namesOf(quantity),
    variant: null,
    topic: 'ocpp',
    pointer: place,
    sentUnit: '' as const,
    ...(confidence !== undefined && { confidence }),
    ...(note !== undefined && { note }),
  }))

function meterPoints({ dlt645 }: Profile): Point[] {
  const pointOf = (item: MeterItem, variant: string | null): Point => {
    const { quantity, rate, di, format, unit, scale, confidence, note } = item
    return {
      ...namesOf(quantity),
      variant,
      rate,
      table: 'item',
      functionCode: FUNCTION_CODES.item,
      address: itemAddress(di),
      reference: di,
      type: format,
      sentUnit: unit,
      ...(scale !== undefined && { scale }),
      ...(confidence !== undefined && { confidence }),
      ...(note !== undefined && { note }),
    }
  }
  return [
    ...(dlt645?.items ?? []).map((item) => pointOf(item, null)),
    ...Object.entries(dlt645?.variants ?? {}).flatMap(([variant, { items }]) =>
      items.map((item) => pointOf(item, variant)),
    ),
  ]
}

const mqttPoints = ({ mqtt }: Profile): Point[] =>
  (mqtt?.messages ?? []).flatMap(({ topic, values }) =>
    values.map(({ quantity, pointer, jsonata, unit, scale, confidence, note }) => ({
      ...namesOf(quantity),
      variant: null,
      topic,
      pointer: pointer ?? jsonata ?? '',
      sentUnit: unit,
      ...(scale !== undefined && { scale }),
      ...(confidence !== undefined && { confidence }),
      ...(note !== undefined && { note }),
    })),
  )

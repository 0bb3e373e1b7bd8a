import { z } from 'zod'
import { rateClasses } from '../profiles/line-words.ts'
import { bilingual, count, unixMs, valueSchema } from './schemas.ts'

/** The shape of a device seen from inside: registers or topics, link, history. */

/** `item`: data items of a DL/T 645 meter. */
export const tableSchema = z.enum(['coil', 'discrete', 'holding', 'input', 'item'])
const quality = z.enum(['good', 'stale', 'bad'])
export const wordsSchema = z
  .array(z.string().regex(/^([0-9a-f]{2}){1,2}$/))
  .describe('Raw words in wire order, four hex digits each; of a DL/T 645 meter bytes, two each.')

const planSum = { requests: count, registers: count, cycleMs: z.number() }

export const insidePointSchema = z
  .object({
    quantity: z.string(),
    zh: z.string(),
    en: z.string(),
    functionCode: z.int(),
    table: tableSchema,
    address: z.int().describe('0-based, as on the wire.'),
    addressHex: z.string().describe('0x0048'),
    reference: z.string().describe('As printed by the vendor; else the usual number: 40001 is holding register 0.'),
    type: z.string(),
    rate: z.enum(rateClasses),
    periodMs: z.number().nullable(),
    words: wordsSchema.nullable().describe('Null when not read since the start.'),
    wordsAt: unixMs.nullable().describe('When these words came.'),
    value: valueSchema,
    unit: z.string(),
    quality,
    reason: z.string().optional(),
    at: unixMs.nullable().describe('When the value was read.'),
    refused: z.boolean().describe('The device refuses it; it is in no request now.'),
    note: z.string().optional(),
  })
  .meta({ id: 'InsidePoint' })

const modbusInsideSchema = z
  .object({
    link: z.object({
      id: z.string(),
      type: z.string(),
      address: z.string().describe('host:port or serial port.'),
      settings: z.string().nullable().describe('9600 8N1, for a serial line.'),
      connected: z.boolean(),
      requests: count,
      busyPercent: z.number().describe('Share of the time since the start in which the line was taken.'),
      devices: count,
      timeouts: count,
      garbled: count,
      exceptions: count,
      connectionsLost: count,
    }),
    unitId: z.int().describe('0 for a DL/T 645 meter.'),
    meter: z.string().optional().describe('Address of a DL/T 645 meter, 12 digits.'),
    variant: z.string().nullable(),
    state: z
      .enum(['checking', 'running', 'silent', 'refusing', 'misfit'])
      .describe(
        'checking: not heard yet. silent: no answer. refusing: refuses everything. misfit: the probe reads the impossible.',
      ),
    plan: z.object({
      ...planSum,
      text: z.string(),
      rates: z.array(z.object({ ...planSum, rate: z.enum(rateClasses), periodMs: z.number() })),
      reads: z.array(
        z.object({
          functionCode: z.int(),
          table: tableSchema,
          address: count,
          count,
          reference: z.string(),
          periodMs: z.number(),
        }),
      ),
    }),
    forbidden: z
      .array(
        z.object({
          table: tableSchema,
          from: count,
          to: z.int().describe('Included; below `from`: no request may reach across.'),
          origin: z.enum(['profile', 'learnt']),
          note: z.string().optional(),
        }),
      )
      .describe('Never asked: the profile says so, or the device refused them.'),
    counts: z.object({
      requests: count,
      errors: count,
      timeouts: count,
      exceptions: count,
      passes: count,
      skippedPasses: count,
      rejectedQuantities: count,
      latencyMs: z.number().nullable(),
    }),
    lastFailure: z
      .object({
        at: unixMs,
        failure: z.enum(['timeout', 'connection-lost', 'garbled', 'exception']),
        exceptionCode: z.int().optional(),
        exceptionName: bilingual.optional(),
        table: tableSchema,
        address: count,
        count,
      })
      .nullable(),
    points: z.array(insidePointSchema),
  })
  .meta({ id: 'ModbusInside' })

const mqttInsideSchema = z
  .object({
    user: z.string().describe('Broker user that publishes for it.'),
    connected: z.boolean().nullable(),
    publishes: z.array(z.string()).describe('Topic filters it may publish on.'),
    subscribes: z.array(z.string()),
    messages: z
      .array(
        z.object({
          topic: z.string(),
          at: unixMs,
          bytes: count,
          qos: z.int(),
          retain: z.boolean(),
          payload: z
            .string()
            .describe('At most 2 KB, as text; what looks like a credential is replaced by ***. Untrusted.'),
          truncated: z.boolean(),
        }),
      )
      .describe('The last message of each of its topics, newest first, at most 12.'),
  })
  .meta({ id: 'MqttInside' })

const askedInsideSchema = z
  .object({
    way: z.enum(['snmp', 'probe', 'scrape']),
    address: z.string().describe('host:port, or the host alone where each question has a port of its own.'),
    periodMs: z.number(),
    rounds: count,
    failures: count,
    latencyMs: z.number().nullable().describe('Of the last round that was answered.'),
    answeredAt: unixMs.nullable(),
    refusal: z.string().nullable().describe('What the device says against being asked; null while it answers.'),
    points: z.array(
      z.object({
        quantity: z.string(),
        zh: z.string(),
        en: z.string(),
        place: z.string().describe('Object, answer or metric that is asked for.'),
        value: valueSchema,
        unit: z.string(),
        quality,
        reason: z.string().optional(),
        at: unixMs.nullable(),
        note: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'AskedInside' })

const ocppInsideSchema = z
  .object({
    chargePoint: z.string(),
    connector: z.int().describe('0 is the station.'),
    connected: z.boolean(),
    transaction: z.object({ id: z.int(), startedAt: unixMs, meterStartWh: z.number() }).nullable(),
    messages: z
      .array(
        z.object({
          action: z.string(),
          connector: z.int().nullable(),
          at: unixMs,
          payload: z.string().describe('At most 600 characters of JSON, without cards. Untrusted.'),
        }),
      )
      .describe('The newest of each kind that the station and this connector sent, newest first, at most 24.'),
  })
  .meta({ id: 'OcppInside' })

const stamped = z.object({ value: z.union([z.string(), z.number(), z.boolean()]), at: unixMs.nullable() })

export const deviceInsideSchema = z
  .object({
    at: unixMs,
    id: z.string(),
    name: z.string(),
    profile: z.object({
      id: z.string(),
      title: bilingual,
      level: z.enum(['draft', 'bench', 'field']),
      source: z.array(z.object({ document: z.string(), part: z.string().optional() })),
      notes: z.array(z.string()),
    }),
    fingerprint: z.string().describe('Changes exactly when profile or line of hall.yaml changes.'),
    identity: z
      .object({
        firmware: stamped.nullable(),
        serialNumber: stamped.nullable(),
        certificateDays: stamped.nullable(),
        others: z.record(z.string(), stamped),
      })
      .describe('What the device itself says it is.'),
    history: z.object({
      days: count,
      orders: count,
      openOrders: count,
      repeatFaults: count.describe('Orders for a fault that was repaired within the 7 days before.'),
      meanRepairMinutes: z.number().nullable().describe('From order to 工作结束.'),
      openAlarms: count,
    }),
    modbus: modbusInsideSchema.nullable(),
    mqtt: mqttInsideSchema.nullable(),
    asked: askedInsideSchema.nullable().describe('Of a device that is asked over the network.'),
    ocpp: ocppInsideSchema.nullable(),
  })
  .meta({ id: 'DeviceInside' })

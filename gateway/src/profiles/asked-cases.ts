import { z } from 'zod'
import { judgePower, type SignatureState, UNKNOWN_SIGNATURE } from '../signature/signature.ts'
import { SIGNATURE_QUANTITY } from './asked-lines.ts'
import type { AskedValues } from './asked-value.ts'
import { compileProbe } from './probe-values.ts'
import type { Profile } from './profile-schema.ts'
import { compileScrape } from './scrape-values.ts'
import type { SnmpRaw } from './snmp-answers.ts'
import { compileSnmp } from './snmp-values.ts'

const parametersSchema = z
  .record(z.string(), z.string())
  .default({})
  .describe('Values for the {names} of the profile; {host} is 192.0.2.1.')

/** Cases of devices that are asked over the network; `expectation` is what every case has. */
export const askedCaseSchemas = <Shape extends z.ZodRawShape>(expectation: Shape) =>
  ({
    snmp: z.strictObject({
      ...expectation,
      objects: z
        .record(z.string().regex(/^1(\.\d+)+$/), z.union([z.number(), z.string()]))
        .describe(
          'OID → what the agent has: a number, a text, octets as "0x80", an OID as "1.3.6…". The rest it has not.',
        ),
      unanswered: z.array(z.string()).default([]).describe('OIDs and columns it did not answer in time.'),
    }),
    probe: z.strictObject({
      ...expectation,
      outcomes: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
        .describe('What the checks gave: page.answer: ok. What is not here was not found out.'),
    }),
    scrape: z.strictObject({
      ...expectation,
      parameters: parametersSchema,
      page: z.string().describe('The page as the exporter shows it.'),
      before: z.string().optional().describe('The page of the round before; without it this is the first one.'),
      atS: z.number().default(1_767_225_600).describe('Unix seconds.'),
    }),
    power: z.strictObject({
      ...expectation,
      powers: z
        .array(z.tuple([z.number(), z.union([z.number(), z.enum(['unknown', 'off'])])]))
        .min(1)
        .describe('[second, W] as the meter shows it; "unknown": the meter is away, "off": its relay is open.'),
      activeAboveW: z.number().optional().describe('As given in hall.yaml or learnt.'),
    }),
  }) as const

const bare = askedCaseSchemas({ name: z.string() })
/** What such a case says the device sent. */
export type AskedCase =
  | z.infer<typeof bare.snmp>
  | z.infer<typeof bare.probe>
  | z.infer<typeof bare.scrape>
  | z.infer<typeof bare.power>

export const isAskedCase = (one: object): one is AskedCase =>
  'objects' in one || 'outcomes' in one || 'page' in one || 'powers' in one

/** What the profile makes of it; a sentence when the case belongs to another kind of profile. */
export function runAskedCase(profile: Profile, one: AskedCase): AskedValues | string {
  const run = compileAskedCase(profile, one)
  return typeof run === 'string' ? run : run()
}

/** The same with everything ready that is done once for a device: what is left is what each round takes. */
export function compileAskedCase(profile: Profile, one: AskedCase): (() => AskedValues) | string {
  if ('objects' in one) return profile.snmp ? snmpCase(profile.snmp, one) : missing('SNMP objects', 'snmp')
  if ('outcomes' in one) {
    if (!profile.probe) return missing('outcomes of checks', 'probe')
    const read = compileProbe(profile.probe)
    return () => read(one.outcomes)
  }
  if ('page' in one) return profile.scrape ? scrapeCase(profile.scrape, one) : missing('a page of figures', 'scrape')
  const { signature } = profile
  return signature ? () => runPower(signature, one) : missing('powers', 'signature')
}

const missing = (what: string, part: string) => `The case gives ${what}, but this profile has no "${part}".`

function snmpCase(snmp: NonNullable<Profile['snmp']>, one: z.infer<typeof bare.snmp>): () => AskedValues {
  const objects = new Map(Object.entries(one.objects).map(([oid, said]) => [oid, rawOf(said)]))
  const answers = { objects, unanswered: new Set(one.unanswered) }
  const located = compileSnmp(snmp).locate(answers)
  return () => located.decode(answers)
}

function rawOf(said: number | string): SnmpRaw {
  if (typeof said === 'number' || /^1(\.\d+)+$/.test(said)) return said
  return said.startsWith('0x') ? Buffer.from(said.slice(2), 'hex') : Buffer.from(said)
}

function scrapeCase(scrape: NonNullable<Profile['scrape']>, one: z.infer<typeof bare.scrape>): () => AskedValues {
  const defaults = Object.entries(scrape.parameters).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const read = compileScrape(scrape, { host: '192.0.2.1', ...Object.fromEntries(defaults), ...one.parameters })
  const page = Buffer.from(one.page)
  const scraped = (bytes: Buffer, atS: number) => ({ samples: read.page(bytes).samples, atS })
  const before = one.before === undefined ? undefined : scraped(Buffer.from(one.before), one.atS - 30)
  return () => read.values(scraped(page, one.atS), before)
}

function runPower(signature: NonNullable<Profile['signature']>, one: z.infer<typeof bare.power>): AskedValues {
  const { deadBelowW, holdS, activeAboveW } = { ...signature, ...one }
  let state: SignatureState = UNKNOWN_SIGNATURE
  for (const [second, seen] of one.powers) {
    const powerW = seen === 'unknown' ? undefined : seen === 'off' ? 0 : seen
    const look = { atMs: second * 1000, powerW, switchedOn: seen === 'off' ? false : undefined }
    state = judgePower(state, look, { deadBelowW, holdS, activeAboveW })
  }
  if (state.word === undefined) return { values: {}, bad: { [SIGNATURE_QUANTITY]: 'link-down' } }
  return { values: { [SIGNATURE_QUANTITY]: state.word }, bad: {} }
}

import { readFileSync } from 'node:fs'
import type { IncomingPublish } from '../broker/broker.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Frame, Presence } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import { type Profile, parseProfile } from '../profiles/profiles.ts'
import { createIngest, type IngestOptions } from './ingest.ts'

const PROFILES = new URL('../../../device-profiles/', import.meta.url).pathname

const read = new Map<string, Profile>()

/** A device of a shipped profile, as the config room resolves it. */
export function device(
  id: string,
  profileId: string,
  {
    user = id,
    parameters = {},
    revision = '',
  }: { user?: string; parameters?: Record<string, string>; revision?: string } = {},
): ResolvedDevice {
  const path = `${PROFILES}${profileId}.yaml`
  const profile = read.get(path) ?? parseProfile(path, readFileSync(path, 'utf8'))
  read.set(path, profile)
  return {
    id,
    name: id,
    hall: 'demo',
    zone: 'zone-1',
    kind: profile.kind,
    profileId,
    profile,
    connection: { via: 'mqtt', user, parameters: { hall: 'demo', device: id, ...parameters } },
    periodsMs: {},
    fingerprint: `${id} ${profileId} ${user} ${JSON.stringify(parameters)} ${revision}`,
  }
}

/** A message as the broker hands it over; JSON unless the payload is text or bytes. */
export function message(
  user: string,
  topic: string,
  payload: unknown,
  more: Partial<IncomingPublish> = {},
): IncomingPublish {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  return { user, clientId: user, topic, payload: bytes, qos: 1, retain: false, dup: false, will: false, ...more }
}

interface Line {
  readonly level: string
  readonly fields: { readonly code?: string; readonly was?: unknown; readonly device?: string }
  readonly message: string
}

/** An ingest with a clock that stands still, and everything it did. */
export function ingestForTest(onFrame?: IngestOptions['onFrame']) {
  const now = { wallMs: 1_767_225_600_000, monotonicMs: 0 }
  const clock: Clock = {
    wallMs: () => now.wallMs,
    monotonicMs: () => now.monotonicMs,
    sleep: () => Promise.reject(new Error('ingest never waits for time')),
  }
  const lines: Line[] = []
  const write = (level: string) => (fields: object, text: string) => {
    if (level !== 'debug') lines.push({ level, fields, message: text })
  }
  const frames: Frame[] = []
  const presences: [device: string, presence: Presence, at: number, reason?: string | undefined][] = []
  const ingest = createIngest({
    clock,
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    onFrame: async (frame) => {
      await onFrame?.(frame)
      frames.push(frame)
    },
    onPresence: (...said) => presences.push(said),
  })
  const pass = (ms: number) => {
    now.wallMs += ms
    now.monotonicMs += ms
  }
  return { ingest, frames, presences, lines, now, pass, codes: () => lines.map(({ fields }) => fields.code) }
}

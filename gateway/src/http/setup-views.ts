import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { Problem } from '../domain/errors.ts'
import type { Change } from '../settings/change-schema.ts'
import type { Traffic, TrafficView } from '../traffic/traffic.ts'
import type { aboutSchema } from './about-schemas.ts'
import type {
  alternativesRequestSchema,
  alternativesSchema,
  listenAnswerSchema,
  scanRequestSchema,
  scanSchema,
  tryAnswerSchema,
  tryRequestSchema,
} from './commissioning-schemas.ts'
import type { factsSchema } from './facts-schemas.ts'
import type { deviceInsideSchema } from './inside-schemas.ts'
import type {
  effectiveRulesSchema,
  profileListSchema,
  profileSchema,
  savedSchema,
  settingsSchema,
} from './settings-schemas.ts'

export type SettingsAnswer = z.infer<typeof settingsSchema>
export type EffectiveRules = z.infer<typeof effectiveRulesSchema>
export type Saved = z.infer<typeof savedSchema>
export type ProfileListAnswer = z.infer<typeof profileListSchema>
export type ProfileAnswer = z.infer<typeof profileSchema>
export type DeviceInside = z.infer<typeof deviceInsideSchema>
export type FactsAnswer = z.infer<typeof factsSchema>
export type AboutAnswer = z.infer<typeof aboutSchema>
export type ScanRequest = z.infer<typeof scanRequestSchema>
export type ScanAnswer = z.infer<typeof scanSchema>
export type TryRequest = z.infer<typeof tryRequestSchema>
export type TryAnswer = z.infer<typeof tryAnswerSchema>
export type AlternativesRequest = z.infer<typeof alternativesRequestSchema>
export type AlternativesAnswer = z.infer<typeof alternativesSchema>
export type StrangersAnswer = z.infer<typeof listenAnswerSchema>

export interface SettingsChangeRequest {
  readonly revision: string
  readonly changes: readonly Change[]
  readonly dryRun: boolean
}

/** Why a change was not made, beside the plain refusals. */
export type SettingsRefusal =
  | (Refusal & { readonly kind: 'plain' })
  | (Refusal & { readonly kind: 'invalid'; readonly problems: readonly Problem[]; readonly diff: string })
  | (Refusal & {
      readonly kind: 'stale'
      readonly current: { readonly revision: string; readonly text: string }
      readonly yours: { readonly revision: string; readonly text: string | null; readonly diff: string }
      readonly rebased: { readonly diff: string; readonly problems: readonly Problem[] } | null
    })

export interface TrafficViews extends Pick<Traffic, 'record' | 'stop' | 'recordings' | 'pathOf'> {
  /** Undefined for a link the hall does not have. */
  look(link: string, after: number): readonly TrafficView[] | undefined
}

/** What the web console needs to set up a hall; filled by wiring/settings.ts. */
export interface SetupViews {
  /** Undefined when the hall has no such device. */
  inside(device: string): Promise<DeviceInside | undefined>
  readonly traffic: TrafficViews
  /** Price lists and facts of demonstrations, and what the hall chose of them. */
  facts(): Promise<FactsAnswer>
  readonly settings: {
    read(): Promise<SettingsAnswer>
    rules(device: string): EffectiveRules | undefined
    change(request: SettingsChangeRequest): Promise<{ readonly ok: true; readonly value: Saved } | SettingsRefusal>
  }
  readonly profiles: {
    list(): Promise<ProfileListAnswer>
    get(id: string): Promise<ProfileAnswer | undefined>
  }
  readonly commissioning: {
    scan(request: ScanRequest, by: string): Promise<ActResult<ScanAnswer>>
    scanState(id: string): ScanAnswer | undefined
    cancel(id: string): ScanAnswer | undefined
    /** Called at most twice a second while a scan runs, and at its end. */
    onScan(listener: (scan: ScanAnswer) => void): () => void
    tryProfile(request: TryRequest): Promise<ActResult<TryAnswer>>
    alternatives(request: AlternativesRequest): Promise<ActResult<AlternativesAnswer>>
    listen(): StrangersAnswer
  }
  about(): Promise<AboutAnswer>
  /** A tar of store, hall.yaml and profiles; one at a time. */
  backup(): Promise<ActResult<{ readonly name: string; readonly stream: Readable }>>
}

/** Charging profiles a central system has installed, and the limit they make (OCPP 1.6 edition 2, §3.13). */

interface Installed {
  readonly id: number
  readonly purpose: string
  readonly stackLevel: number
  readonly transaction: number | undefined
  readonly periods: readonly { readonly startS: number; readonly limit: number }[]
  /** Unix ms from which an Absolute schedule counts; a Relative one counts from the start of the transaction. */
  readonly from: number | undefined
  readonly durationS: number
}

type Payload = Readonly<Record<string, unknown>>

/** Time is the charger's own clock, Unix ms. */
export function createChargingLimits(options: {
  readonly maxA: number
  readonly volts: number
  readonly phases: number
}) {
  let installed: Installed[] = []

  const inForce = (purpose: string, now: number, startedAt: number): number | undefined => {
    const candidates = installed
      .filter((one) => one.purpose === purpose)
      .map((one) => ({ ...one, second: (now - (one.from ?? startedAt)) / 1000 }))
      .filter(({ second, durationS }) => second >= 0 && second < durationS)
      .sort((a, b) => b.stackLevel - a.stackLevel)
    const [highest] = candidates
    return highest?.periods.filter(({ startS }) => startS <= highest.second).at(-1)?.limit
  }

  return {
    /** Accepted or Rejected, as SetChargingProfile is answered. */
    set(payload: Payload, transaction: number | undefined): 'Accepted' | 'Rejected' {
      const profile = payload.csChargingProfiles as Payload | undefined
      const schedule = profile?.chargingSchedule as Payload | undefined
      const purpose = String(profile?.chargingProfilePurpose)
      // A TxProfile belongs to the transaction under way, and to no other.
      if (purpose === 'TxProfile' && (transaction === undefined || profile?.transactionId !== transaction))
        return 'Rejected'
      if (!schedule || !Array.isArray(schedule.chargingSchedulePeriod)) return 'Rejected'
      const kind = profile?.chargingProfileKind
      const from = kind === 'Absolute' ? Date.parse(String(schedule.startSchedule)) : undefined
      if (Number.isNaN(from) || (kind !== 'Absolute' && kind !== 'Relative')) return 'Rejected'
      const perAmpere = schedule.chargingRateUnit === 'W' ? options.volts * options.phases : 1
      const stackLevel = Number(profile?.stackLevel)
      installed = installed.filter((one) => one.purpose !== purpose || one.stackLevel !== stackLevel)
      installed.push({
        id: Number(profile?.chargingProfileId),
        purpose,
        stackLevel,
        transaction,
        periods: (schedule.chargingSchedulePeriod as Payload[]).map((period) => ({
          startS: Number(period.startPeriod),
          limit: Number(period.limit) / perAmpere,
        })),
        from,
        durationS: schedule.duration === undefined ? Number.POSITIVE_INFINITY : Number(schedule.duration),
      })
      return 'Accepted'
    },
    clear(payload: Payload): 'Accepted' | 'Unknown' {
      const fits = (one: Installed) =>
        (payload.id === undefined || payload.id === one.id) &&
        (payload.chargingProfilePurpose === undefined || payload.chargingProfilePurpose === one.purpose) &&
        (payload.stackLevel === undefined || payload.stackLevel === one.stackLevel)
      const before = installed.length
      installed = installed.filter((one) => !fits(one))
      return installed.length < before ? 'Accepted' : 'Unknown'
    },
    /** The end of a transaction takes its own profiles with it. */
    endTransaction(): void {
      installed = installed.filter(({ purpose }) => purpose !== 'TxProfile')
    },
    /** What may flow now, A per phase; before a transaction, what may flow at its start. */
    currentA(now: number, startedAt = now): number {
      const limitOf = (purpose: string) => inForce(purpose, now, startedAt)
      const ofCharge = limitOf('TxProfile') ?? limitOf('TxDefaultProfile') ?? options.maxA
      return Math.min(options.maxA, limitOf('ChargePointMaxProfile') ?? options.maxA, ofCharge)
    },
  }
}

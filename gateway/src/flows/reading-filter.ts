import type { ReadingFilter } from './flow-messages.ts'

/** Where a reading comes from. */
export interface ReadingPlace {
  readonly device: string
  readonly zone: string
  readonly kind: string
}

/** True for what at least one filter wants. With no filter nothing is wanted. */
export function createReadingFilter(filters: readonly ReadingFilter[]) {
  /** Per device the filters that fit it; a device that moves to another zone needs a new filter. */
  const ofDevice = new Map<string, readonly ReadingFilter[]>()

  const fitting = (place: ReadingPlace): readonly ReadingFilter[] => {
    const known = ofDevice.get(place.device)
    if (known) return known
    const fit = filters.filter(
      ({ device, zone, kind }) =>
        (device === undefined || device === place.device) &&
        (zone === undefined || zone === place.zone) &&
        (kind === undefined || kind === place.kind),
    )
    ofDevice.set(place.device, fit)
    return fit
  }

  return {
    wantsDevice: (place: ReadingPlace): boolean => filters.length > 0 && fitting(place).length > 0,
    wants: (place: ReadingPlace, quantity: string): boolean =>
      fitting(place).some((filter) => filter.quantity === undefined || filter.quantity === quantity),
    /** Devices may have moved. */
    forget: () => ofDevice.clear(),
  }
}

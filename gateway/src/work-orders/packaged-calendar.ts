import days from 'chinese-days/dist/chinese-days.json' with { type: 'json' }

/**
 * Public holidays and make-up days as the State Council published them, 2004 to 2026, from the package `chinese-days`: read
 * once from disk, never from the network. A year that is not in it yet has only its weekends; `repair.calendar` adds to it.
 */
export const packagedHolidays: ReadonlySet<string> = new Set(Object.keys(days.holidays))
export const packagedMakeUpDays: ReadonlySet<string> = new Set(Object.keys(days.workdays))

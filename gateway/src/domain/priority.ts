/** How soon a person must act. 紧急: money, safety or security, or the hall's last unit of a function. */
export const PRIORITIES = {
  P1: { zh: '紧急', en: 'Urgent' },
  P2: { zh: '重要', en: 'Important' },
  P3: { zh: '一般', en: 'Normal' },
  P4: { zh: '提示', en: 'Advisory' },
} as const satisfies Record<string, { zh: string; en: string }>

export type Priority = keyof typeof PRIORITIES

/** Negative when `a` is more urgent than `b`. */
export const byUrgency = (a: Priority, b: Priority): number => a.localeCompare(b)

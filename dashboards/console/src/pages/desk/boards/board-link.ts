/** The dashboards that come with the software, by the end of their uid in dashboards/grafana. */
export const BOARDS = ['hall', 'kiosks', 'energy', 'repair', 'gateway', 'chargers', 'experience', 'device'] as const
export type Board = (typeof BOARDS)[number]

/** What a board is opened with: its variables and its time. */
export interface BoardVariables {
  readonly hall: string
  readonly device?: string | undefined
  /** Where this console stands, so that the board can lead back. */
  readonly console: string
}

/** `http://grafana:3000/d/hallwatt-device?var-hall=donghu&var-device=kiosk-02&from=now-24h&to=now` */
export function boardLink(grafanaUrl: string, board: Board, { hall, device, console }: BoardVariables): string {
  const base = grafanaUrl.replace(/\/+$/, '')
  const query = new URLSearchParams({ 'var-hall': hall, 'var-console': console, from: 'now-24h', to: 'now' })
  if (device) query.set('var-device', device)
  return `${base}/d/hallwatt-${board}?${query}`
}

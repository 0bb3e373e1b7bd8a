/** A place in a query or an address that Grafana fills in when it shows the board: `filled('device')` is `${device}`. */
export const filled = (name: string) => `\${${name}}`

/** Answers longer than this are cut off: a flow keeps what it gets. */
const MAX_TEXT = 256 * 1024

/**
 * One HTTP request to `msg.url` with `msg.headers` and, for POST, `msg.payload` (objects as JSON). Every outcome is a message:
 * `statusCode` is the status, or why there is none (ECONNREFUSED, TimeoutError). Redirects are not followed.
 */
module.exports = (RED) => {
  function HallwattHttp(config) {
    RED.nodes.createNode(this, config)
    this.on('input', async (msg, send, done) => {
      const { url, headers, payload } = msg
      const body =
        config.method === 'POST' ? { body: typeof payload === 'string' ? payload : JSON.stringify(payload) } : {}
      const signal = AbortSignal.timeout(Number(config.timeoutS || 10) * 1000)
      try {
        const answer = await fetch(url, { method: config.method, headers, ...body, signal, redirect: 'manual' })
        const text = (await answer.text()).slice(0, MAX_TEXT)
        send({ ...msg, statusCode: answer.status, payload: config.gives === 'json' ? parsed(text) : text })
      } catch (error) {
        send({ ...msg, statusCode: error.cause?.code ?? error.name, payload: null })
      }
      done()
    })
  }
  RED.nodes.registerType('hallwatt http', HallwattHttp)
}

/** Null for what is no JSON: the flow sees that there is nothing to use. */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

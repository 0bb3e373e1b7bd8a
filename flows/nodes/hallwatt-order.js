/**
 * Work orders as they change, the open ones first. `payload` is the order. A message that comes in asks: with `from` and `to`
 * (Unix ms) for the orders that were open in between, without them for those open now; `payload` is then a list.
 */
module.exports = (RED) => {
  function HallwattOrder(config) {
    RED.nodes.createNode(this, config)
    const { hallwatt } = RED.settings
    const stop = config.onChange
      ? hallwatt.onOrder((order) => {
          if (order.snapshot && !config.openFirst) return
          if (config.device && config.device !== order.device) return
          this.send({ topic: order.id, payload: order })
        })
      : () => {}
    this.on('input', async (msg, send, done) => {
      const { from, to } = msg
      const answer = await hallwatt.ask({ what: 'orders', ...(from !== undefined && { from, to }) })
      if (!answer.ok) return done(new Error(`${answer.code}: ${answer.message}`))
      send({ ...msg, payload: answer.value })
      done()
    })
    this.on('close', stop)
  }
  RED.nodes.registerType('hallwatt work order', HallwattOrder)
}

/** The label of the tab a node stands on, as it may stand in the audit log after `flow:`. */
module.exports = (RED, node) => {
  const label = String(RED.util.getSetting(node, 'NR_FLOW_NAME') ?? '')
  return label.replaceAll(/[^\p{L}\p{N} ._→-]/gu, '-').slice(0, 64) || 'flow'
}

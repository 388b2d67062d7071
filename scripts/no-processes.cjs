// Stands in for node:child_process in the bundle: commander asks for it at once, to run commands that are programs of their
// own. dq-report has none, and every start would load it.
exports.spawn = () => {
  throw new Error('dq-report starts no programs.');
};

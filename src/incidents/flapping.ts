/** Observations of one incident, the newest at the end: F for failed, P for passed. */
const REMEMBERED = 10;
/** So often did it turn, among those remembered, when it counts as flapping. */
const TURNS = 4;
/** After so many alike in a row it has made up its mind. */
const STEADY = 3;

export type Observation = 'F' | 'P';

export function remembered(recent: string, observation: Observation): string {
  return (recent + observation).slice(-REMEMBERED);
}

/** Whether it flaps after these observations, given whether it flapped before them: what flaps goes on until it is steady. */
export function flaps(recent: string, before: boolean): boolean {
  const last = recent.slice(-STEADY);
  const isSteady = last.length === STEADY && new Set(last).size === 1;
  if (isSteady) return false;
  return (
    before || Array.from(recent).filter((each, index, all) => index > 0 && each !== all[index - 1]).length >= TURNS
  );
}

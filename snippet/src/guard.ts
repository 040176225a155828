// The page never hears of an error of ours.

/** The same function, which swallows what it throws. */
export function guard<Given extends unknown[]>(run: (...given: Given) => void): (...given: Given) => void {
  return (...given) => {
    try {
      run(...given);
    } catch {
      // The page goes on.
    }
  };
}

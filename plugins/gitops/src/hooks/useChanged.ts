import { useEffect, useRef, useState } from 'react';

const GLOW_MS = 1_000;

/** True for one second after the value became another one; not at first sight. */
export function useChanged(value: string): boolean {
  const previous = useRef(value);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (previous.current === value) {
      return undefined;
    }
    previous.current = value;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), GLOW_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return changed;
}

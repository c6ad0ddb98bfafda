import { useEffect, useRef, type FocusEvent, type RefObject } from 'react';

const CONTROLS = 'button:not([disabled]), summary, [tabindex="0"]';

function controlsOf(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>(CONTROLS)];
}

function focus(element: HTMLElement, index: number): void {
  const controls = controlsOf(element);
  const group = element.querySelector<HTMLElement>('[role="group"]');
  (controls[Math.min(index, controls.length - 1)] ?? group)?.focus();
}

function isFocusLost(): boolean {
  return (
    document.activeElement === null || document.activeElement === document.body
  );
}

/**
 * Keeps the focus of who uses the keyboard inside of an element: when the control that has it goes
 * away, it moves to what stands in its place, or else last before; also when a dialog closes whose
 * button is gone meanwhile.
 *
 * @param isDialogOpen - a dialog that was opened from here holds the focus
 */
export function useKeptFocus(isDialogOpen: boolean): {
  ref: RefObject<HTMLDivElement>;
  onFocus: (event: FocusEvent<HTMLElement>) => void;
  onBlur: () => void;
} {
  const ref = useRef<HTMLDivElement>(null);
  const focused = useRef<{ control: Element; index: number }>();

  useEffect(() => {
    const element = ref.current!;
    const observer = new MutationObserver(() => {
      if (focused.current && !focused.current.control.isConnected) {
        const { index } = focused.current;
        focused.current = undefined;
        if (isFocusLost()) {
          focus(element, index);
        }
      }
    });
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!isDialogOpen) {
      return undefined;
    }
    const element = ref.current!;
    return () => {
      // The dialog itself gives the focus back in the next frame, when its button is still there.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (isFocusLost()) {
            focus(element, 0);
          }
        }),
      );
    };
  }, [isDialogOpen]);

  return {
    ref,
    onFocus: ({ target, currentTarget }) => {
      focused.current = {
        control: target,
        index: controlsOf(currentTarget).indexOf(target),
      };
    },
    // Nobody hears it of a control that is removed.
    onBlur: () => {
      focused.current = undefined;
    },
  };
}

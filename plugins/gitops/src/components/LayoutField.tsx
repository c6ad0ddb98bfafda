import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { Radio, RadioGroup, Text } from '@backstage/ui';
import { LAYOUTS, type Layout } from '@fairway/plugin-gitops-common';
import { useLayoutRecommendation } from '../hooks/useLayoutRecommendation';
import { gitopsTranslationRef } from '../translation';
import styles from './LayoutField.module.css';

const layoutSchema = makeFieldSchema({ output: z => z.enum(LAYOUTS) });

/** Where manifests live, with what is recommended for a catalog of this size, and why. */
export function LayoutField(props: typeof layoutSchema.TProps) {
  const { formData, onChange, rawErrors, required, schema } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { value: recommended, error } = useLayoutRecommendation();
  return (
    <div>
      <RadioGroup
        label={schema.title ?? t('layoutField.title')}
        description={schema.description}
        isRequired={required}
        isDisabled={props.disabled}
        isReadOnly={props.readonly}
        isInvalid={Boolean(rawErrors?.length)}
        value={formData ?? null}
        onChange={value => onChange(value as Layout)}
      >
        {LAYOUTS.map(layout => (
          <Radio key={layout} value={layout}>
            <span className={styles.option}>
              <span>
                {t(`layoutField.layout.${layout}`)}
                {recommended?.layout === layout && (
                  <span className={styles.mark}>
                    {t('layoutField.recommended')}
                  </span>
                )}
              </span>
              <Text variant="body-small" color="secondary">
                {t(`layoutField.help.${layout}`)}
              </Text>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      <p className={styles.reason} aria-live="polite">
        {recommended &&
          t(`layoutField.reason.${recommended.reason}`, {
            services: String(recommended.services),
            people: String(recommended.people),
          })}
        {error && t('layoutField.cannotCount')}
      </p>
    </div>
  );
}

/** The form field `GitopsLayout` of the scaffolder. */
export const layoutField = createFormField({
  name: 'GitopsLayout',
  component: LayoutField,
  schema: layoutSchema,
});

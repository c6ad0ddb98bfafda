import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { TextField } from '@backstage/ui';
import { useNameCheck } from '../hooks/useNameCheck';
import { nameCheckQuery } from '../model/nameCheck';
import { validateServiceName } from '../model/validateServiceName';
import { gitopsTranslationRef } from '../translation';
import { NameChecks } from './NameChecks';

const serviceNameSchema = makeFieldSchema({
  output: z => z.string(),
  uiOptions: z =>
    z.object({
      repoUrlField: z
        .string()
        .optional()
        .describe('Name of the form field that holds the repository URL'),
      host: z.string().optional().describe('Host of the forge'),
      owner: z.string().optional().describe('Owner in the forge'),
      ownerField: z
        .string()
        .optional()
        .describe('Name of the form field that holds the owner in the forge'),
    }),
});

/** A name for a new service, checked while it is typed. */
export function ServiceNameField(props: typeof serviceNameSchema.TProps) {
  const { onChange, formData, rawErrors, required, schema, uiSchema } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const check = useNameCheck(
    nameCheckQuery(
      formData,
      uiSchema['ui:options'] ?? {},
      props.formContext?.formData ?? {},
    ),
  );
  return (
    <div>
      <TextField
        label={schema.title ?? t('nameField.title')}
        description={schema.description ?? t('nameField.help')}
        isRequired={required}
        isDisabled={props.disabled}
        isReadOnly={props.readonly}
        isInvalid={Boolean(rawErrors?.length)}
        autoComplete="off"
        spellCheck="false"
        value={formData ?? ''}
        onChange={value => onChange(value === '' ? undefined : value)}
      />
      <div aria-live="polite">
        <NameChecks check={check} />
      </div>
    </div>
  );
}

/** The form field `GitopsServiceName` of the scaffolder. */
export const serviceNameField = createFormField({
  name: 'GitopsServiceName',
  component: ServiceNameField,
  schema: serviceNameSchema,
  validation: validateServiceName,
});

//! The releases of Jinjava and what each does differently.

/// The releases of Jinjava that render a template differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Release {
    /// 2.4 and earlier.
    Until24,
    /// 2.5.
    Since25,
    /// 2.6.
    #[default]
    Since26,
    /// 2.7 and later.
    Since27,
}

/// Tags and whitespace.
impl Release {
    /// Whether `{% set a %}...{% endset %}` exists (SetTag.java).
    pub(super) fn has_set_blocks(self) -> bool {
        self >= Self::Since25
    }

    /// Whether two texts with a comment or an unmatched end tag between them become one, so that whitespace control applies to both
    /// (TreeParser.java).
    pub(super) fn merges_adjacent_texts(self) -> bool {
        self >= Self::Since26
    }

    /// Whether a text that is merged into one before `{%-` loses its leading whitespace too.
    pub(super) fn trims_merged_texts(self) -> bool {
        self >= Self::Since27
    }

    /// Whether `-%}` of a tag without an end tag, such as `{% else -%}`, removes the whitespace after it (TreeParser.java, `isRightTrim`).
    pub(super) fn trims_after_tags_without_end(self) -> bool {
        self >= Self::Since27
    }

    /// Whether `for` removes the spaces from its expression, or replaces them with commas if there are quotes (ForTag.java).
    pub(super) fn removes_spaces_in_for(self) -> bool {
        self < Self::Since26
    }

    /// Whether `for a, b in lists` assigns the items of each list to the names (ForTag.java).
    pub(super) fn unpacks_lists_in_for(self) -> bool {
        self >= Self::Since25
    }
}

/// Expressions.
impl Release {
    /// Whether `a < b < c` means `(a < b) < c`. Later releases allow one comparison and have `not in` (ExtendedParser.java).
    pub(super) fn chains_comparisons(self) -> bool {
        self < Self::Since26
    }

    /// Whether any comma before the next `)`, even one between arguments, makes a tuple of parentheses (ExtendedParser.java).
    pub(super) fn makes_tuple_of_any_comma(self) -> bool {
        self < Self::Since26
    }

    /// Whether the whole rest of the expression is the argument of a test: `a is sameas true and b` tests for `true and b`
    /// (ExtendedParser.java).
    pub(super) fn passes_rest_to_tests(self) -> bool {
        self < Self::Since25
    }

    /// Whether `in` looks into maps and converts the value to the type of the list's items (CollectionMembershipOperator.java).
    pub(super) fn converts_for_membership(self) -> bool {
        self >= Self::Since25
    }

    /// Whether a slice of a list is known to work as in Python (AstRangeBracket.java).
    pub(super) fn slices_lists(self) -> bool {
        self >= Self::Since25
    }

    /// Whether every slice of an empty string is empty, whatever its bounds (AstRangeBracket.java).
    pub(super) fn slices_empty_text(self) -> bool {
        self >= Self::Since27
    }
}

/// Functions, methods, tests and filters.
impl Release {
    /// Whether the function `namespace` exists (FunctionLibrary.java).
    pub(super) fn has_namespace(self) -> bool {
        self >= Self::Since25
    }

    /// Whether lists have the methods of Python's lists (PyList.java).
    pub(super) fn has_python_list_methods(self) -> bool {
        self >= Self::Since25
    }

    /// Whether maps have the method `keys` (PyMap.java).
    pub(super) fn has_map_keys(self) -> bool {
        self >= Self::Since27
    }

    /// Whether the types of the arguments decide between overloads, such as `indexOf(String)` and `indexOf(int)`. Earlier releases take
    /// whichever reflection lists first (JinjavaBeanELResolver.java, `findMethod`).
    pub(super) fn chooses_overloads_by_type(self) -> bool {
        self >= Self::Since27
    }

    /// Whether operators and literals are names of tests: `is eq`, `is <`, `is true`, `is in` (ExtendedParser.java, ExpTestLibrary.java).
    pub(super) fn has_operator_tests(self) -> bool {
        self >= Self::Since25
    }

    /// Whether the tests `boolean`, `integer` and `float` exist (ExpTestLibrary.java).
    pub(super) fn has_type_tests(self) -> bool {
        self >= Self::Since25
    }

    /// Whether `is containing` works like `in`. Earlier releases compare each item without a conversion (IsContainingExpTest.java).
    pub(super) fn tests_containing_like_in(self) -> bool {
        self >= Self::Since25
    }

    /// Whether `default(null)` returns null, not the string `null` (DefaultFilter.java).
    pub(super) fn keeps_null_default(self) -> bool {
        self >= Self::Since27 || self < Self::Since25
    }

    /// Whether `default` returns a list or a map as it is, not as a string (DefaultFilter.java).
    pub(super) fn keeps_collection_default(self) -> bool {
        self >= Self::Since25
    }

    /// Whether the filter `list` accepts null (ListFilter.java).
    pub(super) fn lists_null(self) -> bool {
        self >= Self::Since25
    }

    /// Whether the filter `list` returns the items of an array, not a list that contains the array (ListFilter.java).
    pub(super) fn lists_arrays(self) -> bool {
        self >= Self::Since27
    }

    /// Whether the filter `replace` converts its input to a string. Earlier releases fail on anything else (ReplaceFilter.java).
    pub(super) fn replaces_in_any_value(self) -> bool {
        self >= Self::Since25
    }

    /// Whether the filter `split` splits at whitespace if it has no argument (SplitFilter.java).
    pub(super) fn splits_without_separator(self) -> bool {
        self >= Self::Since25
    }
}

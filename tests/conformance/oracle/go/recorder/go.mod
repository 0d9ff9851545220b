// Compiled into each of the programs beside it, which choose the version of Cilium: it requires none of its own.
module aks-cilium/oracle/recorder

go 1.25.0
